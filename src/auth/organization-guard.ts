import { and, eq } from "drizzle-orm";
import type { Catalogue, Permission } from "../core/permission.ts";
import { allowingOnly, beyond, changedEntries, entriesOf, type Giver, holds, permissionsNamed } from "../core/role.ts";
import type { Database } from "../db/client.ts";
import { requestFailure } from "./adapter.ts";
import { type Auth, basePath } from "./auth.ts";
import { giver, roleBeyondYours } from "./giver.ts";
import { type Ask, asks, refuse, stringIn } from "./organization-asks.ts";
import { organizationRole } from "./tables.ts";

type Dispatch = (request: Request) => Promise<Response>;

/** Serves a request by better-auth's routes, or refuses it. */
export type OrganizationGuard = (request: Request, dispatch: Dispatch) => Promise<Response>;

type Ports = {
  auth: Auth;
  catalogue: Catalogue;
  database: Database;
  /** Somebody's standing in an organization, as it is now; null for who isn't a member. */
  standing(userId: string, organizationId: string): Promise<Giver | null>;
};

/**
 * Lets better-auth's routes of organizations and their keys obey the service's own permissions, denials and
 * entitlements included, which it knows nothing of: what it would grant is asked here first, and what it tells of
 * permissions is told by them. Who has no session or isn't a member is left to it, as are malformed requests.
 */
export function organizationGuard(ports: Ports): OrganizationGuard {
  return async (request, dispatch) => {
    const url = new URL(request.url);
    const ask = asks[`${request.method} ${url.pathname.slice(basePath.length)}`];
    if (ask === undefined) return dispatch(request);
    if (misleading(request)) return refuse(415, "UNSUPPORTED_MEDIA_TYPE", "Content-Type isn't application/json");
    const given = request.method === "GET" ? Object.fromEntries(url.searchParams) : await bodyOf(request);
    const session = await sessionOf(ports.auth, request.headers);
    if (session === null) return dispatch(request);
    const { userId, activeOrganizationId = null } = session;
    const organizationId = await ask.organization(ports, given, activeOrganizationId ?? null);
    const standing = organizationId === null ? null : await ports.standing(userId, organizationId);
    if (organizationId === null || standing === null) return dispatch(request);
    const refused = await refusal(ports, ask, standing, organizationId, given);
    if (refused !== undefined) return refused;
    const response = await giver.run({ userId, standing }, () => dispatch(request));
    return ask.answer && response.status === 200 ? ask.answer(response, standing, given, userId) : response;
  };
}

/** What better-auth takes for another kind of body than it says it is, and so would be read differently here. */
const misleading = ({ headers, method }: Request): boolean => {
  const type = headers.get("content-type")?.toLowerCase() ?? "";
  return method !== "GET" && type.includes("application/json") && !/^application\/json\s*(;|$)/.test(type);
};

async function bodyOf(request: Request): Promise<Record<string, unknown>> {
  try {
    const body: unknown = await request.clone().json();
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** The session that better-auth itself will see. Rejects when the database can't say. */
async function sessionOf(auth: Auth, headers: Headers) {
  const found = await auth.api.getSession({ headers, query: { disableRefresh: true } });
  const failure = requestFailure.getStore();
  if (failure?.error !== undefined) throw new Error("the session could not be read", { cause: failure.error });
  return found?.session ?? null;
}

async function refusal(
  ports: Ports,
  ask: Ask,
  standing: Giver,
  organizationId: string,
  given: Record<string, unknown>,
): Promise<Response | undefined> {
  if (ask.permission !== null && !standing.permissions.has(ask.permission)) return ask.refused();
  if (ask.role === "created") return unheld(ports, ask, standing, permissionIn(given.permission));
  if (ask.role === undefined) return ask.further?.(ports, standing, organizationId, given);
  const before = await roleIn(ports.database, organizationId, given);
  if (before === undefined) return undefined;
  const entries = entriesOf(before);
  if (beyond(ports.catalogue, standing, [{ name: before.role, rules: entries }]).length > 0)
    return refuse(403, roleBeyondYours.code, roleBeyondYours.message);
  const data = given.data as Record<string, unknown> | undefined;
  const named = ask.role === "updated" ? permissionIn(data?.permission) : null;
  return named === null
    ? undefined
    : unheld(ports, ask, standing, changedEntries(entries, allowingOnly(entries, named)));
}

/** The refusal of permissions that the giver doesn't hold. What the catalogue doesn't know better-auth refuses itself. */
function unheld(
  { catalogue }: Ports,
  ask: Ask,
  standing: Giver,
  permissions: readonly Permission[] | null,
): Response | undefined {
  const missing = (permissions ?? []).filter(
    (permission) => catalogue.permissions.has(permission) && !holds(standing, permission, "organization"),
  );
  return missing.length === 0 ? undefined : ask.refused({ missingPermissions: missing });
}

/** The permissions of a body's field in better-auth's form; null where it isn't in it. */
function permissionIn(value: unknown): Permission[] | null {
  if (typeof value !== "object" || value === null) return null;
  const lists = Object.values(value);
  if (!lists.every((list) => Array.isArray(list) && list.every((action) => typeof action === "string"))) return null;
  return permissionsNamed(value as Record<string, string[]>);
}

async function roleIn(database: Database, organizationId: string, given: Record<string, unknown>) {
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
