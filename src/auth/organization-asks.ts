import { and, eq } from "drizzle-orm";
import { organization as organizationPlugin } from "better-auth/plugins/organization";
import { API_KEY_ERROR_CODES } from "@better-auth/api-key";
import { type Catalogue, isOwner, type Permission, splitRoles } from "../core/permission.ts";
import { beyond, type Giver, permissionsNamed } from "../core/role.ts";
import type { Database } from "../db/client.ts";
import { roleBeyondYours } from "./giver.ts";
import { apikey } from "./key-table.ts";
import { findRoles } from "./roles.ts";
import { invitation, organization } from "./tables.ts";

type Ports = { catalogue: Catalogue; database: Database };
type Given = Record<string, unknown>;

/** What one of better-auth's routes asks of who calls it. */
export type Ask = {
  /** Null where the route is for every member, and only its answer depends on what they may do. */
  permission: Permission | null;
  /** In better-auth's own words. */
  refused(details?: object): Response;
  /** The organization that the route will act on; null where it will find none. */
  organization(ports: Ports, given: Given, active: string | null): Promise<string | null>;
  /** What it does to a role. */
  role?: "created" | "updated" | "deleted";
  /** Refuses for what the permission doesn't say. */
  further?(ports: Ports, standing: Giver, organizationId: string, given: Given): Promise<Response | undefined>;
  /** Makes the answer of a success tell no more than the member may know. */
  answer?(response: Response, standing: Giver, given: Given, userId: string): Promise<Response>;
};

const words = organizationPlugin().$ERROR_CODES;

export const refuse = (status: number, code: string, message: string, details: object = {}): Response =>
  new Response(JSON.stringify({ message, code, ...details }), {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });

export const stringIn = (given: Given, field: string): string | null =>
  typeof given[field] === "string" ? given[field] : null;

const named: Ask["organization"] = async (_, given, active) => stringIn(given, "organizationId") || active;

const bySlug: Ask["organization"] = async ({ database }, given, active) => {
  const slug = stringIn(given, "organizationSlug");
  if (!slug) return stringIn(given, "organizationId") || active;
  const [row] = await database.db.select({ id: organization.id }).from(organization).where(eq(organization.slug, slug));
  return row?.id ?? null;
};

const ofInvitation: Ask["organization"] = async ({ database }, given) => {
  const id = stringIn(given, "invitationId") ?? "";
  const [row] = await database.db
    .select({ id: invitation.organizationId })
    .from(invitation)
    .where(eq(invitation.id, id));
  return row?.id ?? null;
};

const ofKey: Ask["organization"] = async ({ database }, given) => {
  const id = stringIn(given, "keyId") ?? stringIn(given, "id") ?? "";
  const [row] = await database.db.select({ id: apikey.organizationId }).from(apikey).where(eq(apikey.id, id));
  return row?.id ?? null;
};

function ask(permission: Permission, code: keyof typeof words, more: Partial<Ask> & { status?: number } = {}): Ask {
  const { status = 403, ...rest } = more;
  const refused: Ask["refused"] = (details) => refuse(status, code, words[code].message, details);
  return { permission, refused, organization: named, ...rest };
}

const keys = (permission: Permission, organization: Ask["organization"]): Ask => {
  const { code, message } = API_KEY_ERROR_CODES.INSUFFICIENT_API_KEY_PERMISSIONS;
  return { permission, refused: (details) => refuse(403, code, message, details), organization };
};

const answering = (answer: NonNullable<Ask["answer"]>, organization = named): Ask => ({
  permission: null,
  refused: () => refuse(403, "FORBIDDEN", "Forbidden"),
  organization,
  answer,
});

/** better-auth's routes that permissions decide about, by method and path. */
export const asks: Readonly<Record<string, Ask>> = {
  "POST /organization/update": ask("organization:update", "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION"),
  "POST /organization/delete": ask("organization:delete", "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION"),
  "POST /organization/invite-member": ask(
    "invitation:create",
    "YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION",
    { further: refuseResend },
  ),
  "POST /organization/cancel-invitation": ask("invitation:cancel", "YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION", {
    organization: ofInvitation,
  }),
  "POST /organization/remove-member": ask("member:delete", "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER", {
    status: 401,
  }),
  "POST /organization/update-member-role": ask("member:update", "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER"),
  "POST /organization/create-role": ask("role:create", "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE", { role: "created" }),
  "POST /organization/update-role": ask("role:update", "YOU_ARE_NOT_ALLOWED_TO_UPDATE_A_ROLE", { role: "updated" }),
  "POST /organization/delete-role": ask("role:delete", "YOU_ARE_NOT_ALLOWED_TO_DELETE_A_ROLE", { role: "deleted" }),
  "GET /organization/list-roles": ask("role:read", "YOU_ARE_NOT_ALLOWED_TO_LIST_A_ROLE"),
  "GET /organization/get-role": ask("role:read", "YOU_ARE_NOT_ALLOWED_TO_READ_A_ROLE"),
  "GET /organization/list-invitations": ask("invitation:read", "YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS"),
  "GET /organization/list-members": ask("member:read", "YOU_ARE_NOT_ALLOWED_TO_ACCESS_THIS_ORGANIZATION", {
    organization: bySlug,
  }),
  "GET /organization/get-full-organization": answering(withoutUnseen, bySlug),
  "GET /organization/get-active-member-role": answering(unlessOthers, bySlug),
  "POST /organization/has-permission": answering(decided),
  "POST /api-key/update": keys("apiKey:update", ofKey),
  "POST /api-key/delete": keys("apiKey:delete", ofKey),
  "GET /api-key/get": keys("apiKey:read", ofKey),
  "GET /api-key/list": keys("apiKey:read", async (_, given) => stringIn(given, "organizationId")),
};

/** An invitation sent again is to the role that it has, not to the one that is named. */
async function refuseResend(
  { catalogue, database }: Ports,
  standing: Giver,
  organizationId: string,
  given: Given,
): Promise<Response | undefined> {
  if (!given.resend) return undefined;
  const email = (stringIn(given, "email") ?? "").toLowerCase();
  const { organizationId: owner, email: address, role, status } = invitation;
  const open = await database.db
    .select({ role })
    .from(invitation)
    .where(and(eq(owner, organizationId), eq(address, email), eq(status, "pending")));
  const names = open
    .flatMap((row) => splitRoles(row.role))
    .filter((name) => isOwner(standing.role) || name !== "owner");
  const { held } = await findRoles(database.db, catalogue, organizationId, names);
  return held.some((role) => beyond(catalogue, standing, [role]).length > 0)
    ? refuse(403, roleBeyondYours.code, roleBeyondYours.message)
    : undefined;
}

/** Whether all that is asked for is held on the whole organization, as better-auth puts the question and the answer. */
async function decided(response: Response, { permissions }: Giver, given: Given): Promise<Response> {
  const asked = given.permissions as Record<string, string[]> | undefined;
  if (asked === undefined) return response;
  const named = permissionsNamed(asked);
  const meant = named.length > 0 && Object.values(asked).every((actions) => actions.length > 0);
  return retold(response, { error: null, success: meant && named.every((permission) => permissions.has(permission)) });
}

/** Anybody's own role is theirs to know. */
async function unlessOthers(
  response: Response,
  { permissions }: Giver,
  given: Given,
  userId: string,
): Promise<Response> {
  const of = stringIn(given, "userId");
  if (!of || of === userId || permissions.has("member:read")) return response;
  const { code, message } = words.YOU_ARE_NOT_ALLOWED_TO_ACCESS_THIS_ORGANIZATION;
  return refuse(403, code, message);
}

async function withoutUnseen(response: Response, { permissions }: Giver, _: Given, userId: string): Promise<Response> {
  const body = (await response.clone().json()) as { members?: { userId: string }[]; invitations?: unknown[] } | null;
  if (body === null) return response;
  return retold(response, {
    ...body,
    ...(permissions.has("member:read") ? {} : { members: body.members?.filter((member) => member.userId === userId) }),
    ...(permissions.has("invitation:read") ? {} : { invitations: [] }),
  });
}

const retold = ({ status, headers }: Response, body: object): Response =>
  new Response(JSON.stringify(body), { status, headers });
