import { and, eq } from "drizzle-orm";
import { twoFactorRequired } from "../../core/assurance.ts";
import type { Catalogue, Permission } from "../../core/access/permission.ts";
import {
  allowingOnly,
  beyond,
  changedEntries,
  entriesOf,
  type Grantor,
  holds,
  permissionsNamed,
} from "../../core/access/role.ts";
import type { Database } from "../../db/types.ts";
import type { Call } from "../mount/call.ts";
import type { Auth } from "../options.ts";
import { withAuthCall } from "../store/auth-call.ts";
import { type AccessRule, refuse, stringIn } from "./access-rules.ts";
import { roleBeyondYours } from "./grantor.ts";
import { sessionOf } from "./session.ts";
import { organizationRole } from "../tables/organization.ts";

/** Answers a request by better-auth's routes, or refuses it. */
export type OrganizationGuard = (call: Call, next: () => Promise<Response>) => Promise<Response>;

type Ports = {
  auth: Auth;
  catalogue: Catalogue;
  database: Database;
  /** What a user holds in an organization now; null for non-members. */
  standing(
    userId: string,
    organizationId: string,
    sessionId: string,
  ): Promise<(Grantor & { lacksSecondFactor: boolean }) | null>;
  baseUrl: string;
};

/**
 * Enforces our permissions, denials and entitlements on better-auth's organization and key routes, and corrects what
 * those routes report about permissions. Callers without a session or membership, and malformed requests, are left to
 * better-auth to refuse.
 */
export function organizationGuard(ports: Ports): OrganizationGuard {
  return async ({ route: { needs: rule }, given, request }, next) => {
    if (rule === undefined) return next();
    const session = await sessionOf(ports.auth, request.headers);
    if (session === null) return next();
    const { userId, activeOrganizationId = null } = session.session;
    const organizationId = await rule.organization(ports, given, activeOrganizationId ?? null);
    const standing = organizationId === null ? null : await ports.standing(userId, organizationId, session.session.id);
    if (organizationId === null || standing === null) return next();
    if (standing.lacksSecondFactor) throw twoFactorRequired(ports.baseUrl);
    const refused = await refusal(ports, rule, standing, organizationId, given);
    if (refused !== undefined) return refused;
    const response = await withAuthCall({ grantor: { userId, standing } }, next);
    return rule.answer && response.status === 200 ? rule.answer(response, standing, given, userId) : response;
  };
}

async function refusal(
  ports: Ports,
  rule: AccessRule,
  standing: Grantor,
  organizationId: string,
  given: Call["given"],
): Promise<Response | undefined> {
  if (rule.permission !== null && !standing.permissions.has(rule.permission)) return rule.refused();
  if (rule.role === "created") return unheld(ports, rule, standing, permissionIn(given.permission));
  if (rule.role === undefined) return rule.further?.(ports, standing, organizationId, given);
  const before = await roleIn(ports.database, organizationId, given);
  if (before === undefined) return undefined;
  const entries = entriesOf(before);
  if (beyond(ports.catalogue, standing, [{ name: before.role, rules: entries }]).length > 0)
    return refuse(403, roleBeyondYours.code, roleBeyondYours.message);
  const data = given.data as Record<string, unknown> | undefined;
  const named = rule.role === "updated" ? permissionIn(data?.permission) : null;
  return named === null
    ? undefined
    : unheld(ports, rule, standing, changedEntries(entries, allowingOnly(entries, named)));
}

/** Refuses to grant permissions that the caller doesn't hold. better-auth refuses undeclared ones itself. */
function unheld(
  { catalogue }: Ports,
  rule: AccessRule,
  standing: Grantor,
  permissions: readonly Permission[] | null,
): Response | undefined {
  const missing = (permissions ?? []).filter(
    (permission) => catalogue.permissions.has(permission) && !holds(standing, permission, "organization"),
  );
  return missing.length === 0 ? undefined : rule.refused({ missingPermissions: missing });
}

/** The permissions of a body's field in better-auth's form; null where it has another form. */
function permissionIn(value: unknown): Permission[] | null {
  if (typeof value !== "object" || value === null) return null;
  const lists = Object.values(value);
  if (!lists.every((list) => Array.isArray(list) && list.every((action) => typeof action === "string"))) return null;
  return permissionsNamed(value as Record<string, string[]>);
}

async function roleIn(database: Database, organizationId: string, given: Call["given"]) {
  const [name, id] = [stringIn(given, "roleName"), stringIn(given, "roleId")];
  if (!name && !id) return undefined;
  const [row] = await database.db
    .select()
    .from(organizationRole)
    .where(
      and(
        eq(organizationRole.organizationId, organizationId),
        name ? eq(organizationRole.role, name) : eq(organizationRole.id, id ?? ""),
      ),
    );
  return row;
}
