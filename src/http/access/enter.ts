import type { Context, MiddlewareHandler } from "hono";
import type { Actor } from "../../core/audit.ts";
import { type Permission, splitRoles } from "../../core/access/permission.ts";
import {
  type OrganizationAccess,
  organizationSelector,
  type OrganizationSelector,
  type Principal,
  type UserPrincipal,
  type Verified,
} from "../../core/principal.ts";
import { Forbidden, notFound, Problem, Unauthenticated } from "../../core/problem.ts";
import { allowanceHeaders } from "../../core/rate-limit.ts";
import type { Bounds, Demands, OrganizationScope, Scope } from "../../core/scope.ts";
import type { Env } from "../env.ts";
import { requestAuth } from "./caller.ts";
import { basicChallenge, clientCredentials, howTo, invalidClient } from "./client.ts";
import { refuseForgery } from "./forgery.ts";
import { KeyRequired, NoActiveOrganization, requirePermission } from "./refuse.ts";

/** Sets the organization's scope. @throws 401, 404, 403, or 400 for `current` without an active organization. */
export function enterOrganization(permission: Permission, reach: "organization" | "own"): MiddlewareHandler<Env> {
  return async function organizationOnly(c, next) {
    const { principal, organization } = await inOrganization(c);
    const ownOnly = reach === "own" && !organization.permissions.has(permission) && organization.own.has(permission);
    if (!ownOnly) requirePermission(organization, permission);
    enter(c, principal, organization, ownOnly ? { permission, userId: userIdOf(principal) ?? "" } : undefined);
    await next();
  };
}

/**
 * The same for any member or key of the organization.
 *
 * @param secondFactor whether it must have been proven where the organization requires it.
 */
export function enterOrganizationAsMember(secondFactor: boolean): MiddlewareHandler<Env> {
  return async function membersOnly(c, next) {
    const { principal, organization } = await inOrganization(c, secondFactor);
    enter(c, principal, organization);
    await next();
  };
}

/**
 * The caller and the organization that the path names.
 *
 * @throws 401, 404, 400 for `current` where none is active, 403 without the second factor that is required there.
 */
async function inOrganization(c: Context<Env>, secondFactor = true) {
  const selector = organizationSelector(c.req.param("org") ?? "");
  const { principal, organization } = await authenticated(c, selector ?? { by: "none" });
  if (selector?.by === "current" && organization === null) {
    throw NoActiveOrganization("Activate an organization, or name one in the path by its id or slug.");
  }
  if (organization === null) throw notFound();
  if (secondFactor) c.var.gate.requireSecondFactor(organization);
  return { principal, organization };
}

function enter(
  c: Context<Env>,
  principal: Principal,
  organization: OrganizationAccess,
  ownOnly?: Demands["ownOnly"],
): void {
  c.set("scope", organizationScope(c, principal, organization.id, ownOnly));
}

/**
 * Admits API keys that hold the permission, also as the credentials of an OAuth client.
 *
 * @throws 400 for two credentials, 401, 403
 */
export function enterClient(permission: Permission): MiddlewareHandler<Env> {
  return async function clientOnly(c, next) {
    const principal = await client(c);
    if (principal.type !== "apiKey") throw KeyRequired("This is for services: call it with an API key.");
    if (!principal.permissions.has(permission))
      throw Forbidden(`This needs the permission ${permission}, which this key doesn't hold.`);
    await next();
  };
}

async function client(c: Context<Env>): Promise<Principal> {
  const given = await clientCredentials(c.req);
  try {
    const headers = given === null ? c.req.raw.headers : new Headers(c.req.raw.headers);
    if (given !== null) headers.set("authorization", `Bearer ${given.secret}`);
    // A service asks once for each request of its own, so only the key's own rate limit bounds it.
    const { principal } = await authenticated(c, { by: "current" }, { counted: false, headers });
    if (given !== null && principal.id !== given.id) throw invalidClient("The secret is another client's.");
    return principal;
  } catch (err) {
    if (!(err instanceof Problem) || err.code !== Unauthenticated.code) throw err;
    if (given !== null) throw invalidClient(err.detail);
    // A Bearer token has its own challenge.
    if (/^bearer /i.test(c.req.header("authorization") ?? "")) throw err;
    throw Unauthenticated(c.req.header("x-api-key") ? err.detail : howTo, { headers: basicChallenge });
  }
}

/** Admits any good credential. @throws 401 */
export const enterByAnyCredential: MiddlewareHandler<Env> = async function anyCredential(c, next) {
  const { principal } = await authenticated(c, { by: "current" }, { counted: false });
  if (principal.type === "user") await c.var.gate.count(principal);
  await next();
};

const activeOrganizations = {
  none: () => ({ by: "none" }),
  active: () => ({ by: "current" }),
  named: (c) => organizationSelector(c.req.query("org") ?? "current") ?? { by: "none" },
} satisfies Record<string, (c: Context<Env>) => OrganizationSelector>;

/** Which organization's membership an account route loads along with the person. */
export type ActiveOrganization = keyof typeof activeOrganizations;

/** Sets the account scope of the signed-in person. @throws 401, 403 for an API key, which is never a session. */
export function enterAccount(organization: ActiveOrganization): MiddlewareHandler<Env> {
  return async function signedInOnly(c, next) {
    await authenticated(c, activeOrganizations[organization](c));
    const { person } = c.var.auth;
    c.set("account", openScope(c, person, { organizationId: null, userId: person.id }));
    await next();
  };
}

/** Sets the account scope of a platform administrator, with the whole platform in its bounds. @throws 401, 404 */
export const enterPlatform: MiddlewareHandler<Env> = async function platformAdminOnly(c, next) {
  const { principal } = await authenticated(c, { by: "none" });
  if (principal.type !== "user" || !administers(principal)) throw notFound();
  const bounds = { organizationId: null, userId: principal.id, platform: true } as const;
  const actor = { ...actorOf(principal), administrator: true } as const;
  c.set("account", c.var.gate.openScope(actor, c.var.origin, bounds, demandsOf(c)));
  await next();
};

/** Never while impersonating, even if the impersonated user is an administrator by now. */
const administers = ({ platformRole, impersonatorId }: UserPrincipal): boolean =>
  impersonatorId === null && splitRoles(platformRole).includes("admin");

/** The scope of an organization that the route names itself, such as the one that it is about to create. An administrator's account scope makes it an administrator's too. */
export const organizationScope = (
  c: Context<Env>,
  principal: Principal,
  organizationId: string,
  ownOnly?: Demands["ownOnly"],
): OrganizationScope =>
  Object.assign(openScope(c, principal, { organizationId, userId: userIdOf(principal) }, ownOnly), { organizationId });

/** A scope that carries what the request demands of the row that it changes. */
const openScope = (c: Context<Env>, principal: Principal, bounds: Bounds, ownOnly?: Demands["ownOnly"]): Scope => {
  const actor = actorOf(principal);
  const administers = c.get("account")?.actor.administrator === true && actor.type === "user";
  const acting = administers ? { ...actor, administrator: true as const } : actor;
  return c.var.gate.openScope(acting, c.var.origin, bounds, demandsOf(c, ownOnly));
};

const demandsOf = (c: Context<Env>, ownOnly?: Demands["ownOnly"]): Demands => ({
  expected: c.req.header("if-match"),
  ownOnly,
});

async function authenticated(
  c: Context<Env>,
  selector: OrganizationSelector,
  { counted = true, headers = c.req.raw.headers } = {},
): Promise<Verified> {
  const { verified, sent } = await c.var.gate.authenticate(headers, selector);
  c.set("auth", requestAuth(verified, c.req.header("authorization")?.slice("Bearer ".length) === sent ? sent : null));
  if (counted) {
    const allowance = await c.var.gate.count(verified.principal);
    for (const [name, value] of Object.entries(allowanceHeaders(allowance))) c.header(name, value);
  }
  if (verified.principal.type === "user" && c.var.mount.forgery === "refused") refuseForgery(c);
  return verified;
}

const actorOf = (principal: Principal): Actor => ({
  type: principal.type,
  id: principal.id,
  impersonatorId: principal.type === "user" ? principal.impersonatorId : null,
});

const userIdOf = (principal: Principal): string | null => (principal.type === "user" ? principal.id : null);
