import type { Context, MiddlewareHandler } from "hono";
import type { Actor } from "../core/audit.ts";
import { type Permission, splitRoles } from "../core/permission.ts";
import {
  type OrganizationAccess,
  organizationSelector,
  type OrganizationSelector,
  type Principal,
  type UserPrincipal,
  type Verified,
} from "../core/principal.ts";
import { Forbidden, notFound, type Problem, problem } from "../core/problem.ts";
import { allowanceHeaders } from "../core/rate-limit.ts";
import type { OrganizationScope } from "../core/scope.ts";
import { requestAuth } from "./auth.ts";
import type { Env } from "./env.ts";

export const NoActiveOrganization = problem("no_active_organization", 400, "No active organization");
export const UntrustedOrigin = problem("untrusted_origin", 403, "Untrusted origin");
export const EntitlementRequired = problem("entitlement_required", 403, "Not among the organization's modules");
export const KeyRequired = problem("api_key_required", 403, "For services only");
export const PersonRequired = problem("person_required", 403, "For people only");

/** Who may call an operation, as it stands in the OpenAPI document under `x-access`. */
export type Access =
  | { kind: "public" }
  | { kind: "account" }
  | { kind: "credential" }
  | { kind: "service"; permission: Permission }
  | { kind: "platform" }
  | { kind: "member" }
  /** With `reach`, also for who holds the permission for what is their own. */
  | { kind: "organization"; permission: Permission; reach?: "own" };

const security = [{ session: [] }, { bearer: [] }];

/**
 * An organization's route: for members of it who hold the permission. Others get 401, 404 or 403, in this order.
 *
 * @param reach `own` also lets those in who hold it for what is their own, and has the route see to it: `c.var.ownOnly`.
 */
export const allow = (permission: Permission, reach: "organization" | "own" = "organization") => ({
  middleware: [organizationAccess(permission, reach)],
  security,
  "x-access": { kind: "organization", permission, ...(reach === "own" ? { reach } : {}) } satisfies Access,
});

/** On routes that reach for one's own: whose own it must be; null where the permission is held for all there is. */
export const onlyOf = (c: Context<Env>): string | null => (c.var.ownOnly ? (userIdOf(c.var.caller) ?? "") : null);

/** An organization's route for whoever is in it, whatever their role. Others get 401 or 404. */
export const allowMembers = () => ({
  middleware: [memberAccess],
  security,
  "x-access": { kind: "member" } satisfies Access,
});

/**
 * A route about the signed-in person.
 *
 * @param options.standing also loads, in the same statement, their standing in the session's active organization
 * (`active`), or in the one that `?org=` names and else the active one (`named`), as `c.var.standing`.
 */
export const signedIn = (options: { standing?: Standing } = {}) => ({
  middleware: [accountAccess(options.standing ?? "none")],
  security,
  "x-access": { kind: "account" } satisfies Access,
});

/** A route for services: by an API key that holds the permission. */
export const allowKey = (permission: Permission) => ({
  middleware: [serviceAccess(permission)],
  security: [{ apiKey: [] }],
  "x-access": { kind: "service", permission } satisfies Access,
});

/** A route for whoever has a credential; `c.var.standing` is theirs in the active organization, or in the key's. */
export const anyCaller = () => ({
  middleware: [callerAccess],
  security: [...security, { apiKey: [] }],
  "x-access": { kind: "credential" } satisfies Access,
});

/** A route for platform administrators, a role that no organization gives. Others get 404: the surface isn't shown. */
export const platformAdmin = () => ({
  middleware: [platformAccess],
  security,
  "x-access": { kind: "platform" } satisfies Access,
});

function organizationAccess(permission: Permission, reach: "organization" | "own"): MiddlewareHandler<Env> {
  return async function allowed(c, next) {
    const { principal, organization } = await inOrganization(c);
    const ownOnly = reach === "own" && !organization.permissions.has(permission) && organization.own.has(permission);
    if (!ownOnly) requirePermission(organization, permission);
    c.set("ownOnly", ownOnly);
    enter(c, principal, organization);
    await next();
  };
}

const memberAccess: MiddlewareHandler<Env> = async function membersOnly(c, next) {
  const { principal, organization } = await inOrganization(c);
  enter(c, principal, organization);
  await next();
};

/** Who is in the organization that the path names. @throws 401, 400 for `current` where none is, 404. */
async function inOrganization(c: Context<Env>) {
  const selector = organizationSelector(c.req.param("org") ?? "");
  const { principal, organization } = await authenticated(c, selector ?? { by: "none" });
  if (selector?.by === "current" && organization === null) {
    throw NoActiveOrganization("Activate an organization, or name one in the path by its id or slug.");
  }
  if (organization === null) throw notFound();
  return { principal, organization };
}

function enter(c: Context<Env>, principal: Principal, organization: OrganizationAccess): void {
  c.set("organization", organization);
  c.set("scope", organizationScope(c, principal, organization.id));
}

/** @throws 403, naming the permission, for who doesn't hold it on the whole organization. */
export function requirePermission(organization: OrganizationAccess, permission: Permission): void {
  if (!organization.permissions.has(permission)) throw denied(organization, permission);
}

/** Why somebody may not: the organization isn't entitled to it, or their roles don't grant it. */
export function denied(organization: OrganizationAccess, permission: Permission): Problem {
  if (organization.unentitled.has(permission)) {
    return EntitlementRequired(
      `The permission ${permission} belongs to a module that the organization isn't entitled to.`,
    );
  }
  if (organization.own.has(permission))
    return Forbidden(`This needs the permission ${permission}, which you hold for what is your own only.`);
  const why = organization.role === null ? "this key doesn't hold" : `your role ${organization.role} doesn't grant`;
  return Forbidden(`This needs the permission ${permission}, which ${why}.`);
}

function serviceAccess(permission: Permission): MiddlewareHandler<Env> {
  return async function serviceKeyOnly(c, next) {
    // Asked for each request that the service has: the key's own rate limit is what bounds it.
    const { principal } = await authenticated(c, { by: "current" }, false);
    if (principal.type !== "apiKey") throw KeyRequired("This is for services: call it with an API key.");
    if (!principal.permissions.has(permission))
      throw Forbidden(`This needs the permission ${permission}, which this key doesn't hold.`);
    await next();
  };
}

const callerAccess: MiddlewareHandler<Env> = async function whoeverCalls(c, next) {
  const { principal, organization } = await authenticated(c, { by: "current" }, false);
  if (principal.type === "user") await c.var.gate.count(principal);
  c.set("standing", organization);
  await next();
};

type Standing = keyof typeof standings;

const standings = {
  none: () => ({ by: "none" }),
  active: () => ({ by: "current" }),
  named: (c) => organizationSelector(c.req.query("org") ?? "current") ?? { by: "none" },
} satisfies Record<string, (c: Context<Env>) => OrganizationSelector>;

function accountAccess(standing: Standing): MiddlewareHandler<Env> {
  return async function signedInOnly(c, next) {
    const { principal, organization } = await person(c, standings[standing](c));
    c.set("standing", organization);
    c.set(
      "account",
      c.var.gate.openScope(actorOf(principal), c.var.origin, { organizationId: null, userId: principal.id }),
    );
    await next();
  };
}

const platformAccess: MiddlewareHandler<Env> = async function platformAdminOnly(c, next) {
  const { principal } = await authenticated(c, { by: "none" });
  if (principal.type !== "user" || !administers(principal)) throw notFound();
  c.set("principal", principal);
  const bounds = { organizationId: null, userId: principal.id, platform: true } as const;
  c.set("account", c.var.gate.openScope(actorOf(principal), c.var.origin, bounds));
  await next();
};

/** Whether a person administers the platform. Not through somebody else's account, whoever that has become since. */
const administers = ({ platformRole, impersonatorId }: UserPrincipal): boolean =>
  impersonatorId === null && splitRoles(platformRole).includes("admin");

/** The scope of an organization that the route names itself, such as the one that it is about to create. */
export const organizationScope = (c: Context<Env>, principal: Principal, organizationId: string): OrganizationScope =>
  Object.assign(
    c.var.gate.openScope(actorOf(principal), c.var.origin, { organizationId, userId: userIdOf(principal) }),
    {
      organizationId,
    },
  );

async function authenticated(c: Context<Env>, selector: OrganizationSelector, counted = true): Promise<Verified> {
  const { verified, sent } = await c.var.gate.authenticate(c.req.raw.headers, selector);
  c.set("caller", verified.principal);
  c.set("auth", requestAuth(verified, c.req.header("authorization")?.slice("Bearer ".length) === sent ? sent : null));
  if (counted) {
    const allowance = await c.var.gate.count(verified.principal);
    for (const [name, value] of Object.entries(allowanceHeaders(allowance))) c.header(name, value);
  }
  if (verified.principal.type === "user") refuseForgery(c);
  return verified;
}

/** A person, for what only a person has: an API key is never a session. */
async function person(c: Context<Env>, selector: OrganizationSelector) {
  const { principal, organization } = await authenticated(c, selector);
  if (principal.type !== "user") throw PersonRequired("An API key can't call this: it is about a signed-in person.");
  c.set("principal", principal);
  return { principal, organization };
}

/** A browser sends cookies by itself: what changes something must come from an origin that is trusted. */
function refuseForgery(c: Context<Env>): void {
  if (c.req.method === "GET" || c.req.method === "HEAD") return;
  // Only a program sends a Bearer token; a password for Basic is something that a browser sends by itself too.
  if (/^bearer /i.test(c.req.header("authorization") ?? "")) return;
  const origin = c.req.header("origin");
  if (origin !== undefined && c.var.gate.trustsOrigin(origin)) return;
  throw UntrustedOrigin(
    "A request that changes something with a cookie must carry an Origin header that is listed in TRUSTED_ORIGINS.",
  );
}

const actorOf = (principal: Principal): Actor => ({
  type: principal.type,
  id: principal.id,
  impersonatorId: principal.type === "user" ? principal.impersonatorId : null,
});

const userIdOf = (principal: Principal): string | null => (principal.type === "user" ? principal.id : null);
