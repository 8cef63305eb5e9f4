import { and, eq } from "drizzle-orm";
import { organization as organizationPlugin } from "better-auth/plugins/organization";
import { API_KEY_ERROR_CODES } from "@better-auth/api-key";
import { type Catalogue, isOwner, type Permission, splitRoles } from "../../core/access/permission.ts";
import { beyond, type Grantor, permissionsNamed } from "../../core/access/role.ts";
import type { Database } from "../../db/types.ts";
import { roleBeyondYours } from "./grantor.ts";
import { apikey } from "../tables/api-key.ts";
import { findRoles } from "./roles.ts";
import { invitation, organization } from "../tables/organization.ts";

export type RulePorts = { catalogue: Catalogue; database: Database };
type Given = Readonly<Record<string, unknown>>;

/** The access rule of one better-auth route of organizations or their keys. */
export type AccessRule = {
  /** Null where the route is open to every member, and only its answer depends on their permissions. */
  permission: Permission | null;
  /** The refusal in better-auth's own words. */
  refused(details?: object): Response;
  /** The organization that the route will act on; null where it will find none. */
  organization(ports: RulePorts, given: Given, active: string | null): Promise<string | null>;
  /** What it does to a role. */
  role?: "created" | "updated" | "deleted";
  /** Refuses for reasons beyond the permission. */
  further?(ports: RulePorts, standing: Grantor, organizationId: string, given: Given): Promise<Response | undefined>;
  /** Cuts a successful answer down to what the member may know. */
  answer?(response: Response, standing: Grantor, given: Given, userId: string): Promise<Response>;
};

const words = organizationPlugin().$ERROR_CODES;

export const refuse = (status: number, code: string, message: string, details: object = {}): Response =>
  new Response(JSON.stringify({ message, code, ...details }), {
    status,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });

export const stringIn = (given: Given, field: string): string | null =>
  typeof given[field] === "string" ? given[field] : null;

const named: AccessRule["organization"] = async (_, given, active) => stringIn(given, "organizationId") || active;

export const bySlug: AccessRule["organization"] = async ({ database }, given, active) => {
  const slug = stringIn(given, "organizationSlug");
  if (!slug) return stringIn(given, "organizationId") || active;
  const [row] = await database.db.select({ id: organization.id }).from(organization).where(eq(organization.slug, slug));
  return row?.id ?? null;
};

export const ofInvitation: AccessRule["organization"] = async ({ database }, given) => {
  const id = stringIn(given, "invitationId") ?? "";
  const [row] = await database.db
    .select({ id: invitation.organizationId })
    .from(invitation)
    .where(eq(invitation.id, id));
  return row?.id ?? null;
};

export const ofKey: AccessRule["organization"] = async ({ database }, given) => {
  const id = stringIn(given, "keyId") ?? stringIn(given, "id") ?? "";
  const [row] = await database.db.select({ id: apikey.organizationId }).from(apikey).where(eq(apikey.id, id));
  return row?.id ?? null;
};

export function asking(
  permission: Permission,
  code: keyof typeof words,
  more: Partial<AccessRule> & { status?: number } = {},
): AccessRule {
  const { status = 403, ...rest } = more;
  const refused: AccessRule["refused"] = (details) => refuse(status, code, words[code].message, details);
  return { permission, refused, organization: named, ...rest };
}

export const askingOfKeys = (permission: Permission, organization: AccessRule["organization"]): AccessRule => {
  const { code, message } = API_KEY_ERROR_CODES.INSUFFICIENT_API_KEY_PERMISSIONS;
  return { permission, refused: (details) => refuse(403, code, message, details), organization };
};

export const correcting = (answer: NonNullable<AccessRule["answer"]>, organization = named): AccessRule => ({
  permission: null,
  refused: () => refuse(403, "FORBIDDEN", "Forbidden"),
  organization,
  answer,
});

/** Resending keeps the invitation's stored role, so that role is what the sender must hold. */
export async function refuseResend(
  { catalogue, database }: RulePorts,
  standing: Grantor,
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

/** Answers has-permission by our permissions, in better-auth's form. */
export async function permissionDecision(
  response: Response,
  { permissions }: Grantor,
  given: Given,
): Promise<Response> {
  const asked = given.permissions as Record<string, string[]> | undefined;
  if (asked === undefined) return response;
  const named = permissionsNamed(asked);
  const meant = named.length > 0 && Object.values(asked).every((actions) => actions.length > 0);
  return withBody(response, {
    error: null,
    success: meant && named.every((permission) => permissions.has(permission)),
  });
}

/** Lets members read their own role; other members' roles need `member:read`. */
export async function ownRoleOnly(
  response: Response,
  { permissions }: Grantor,
  given: Given,
  userId: string,
): Promise<Response> {
  const of = stringIn(given, "userId");
  if (!of || of === userId || permissions.has("member:read")) return response;
  const { code, message } = words.YOU_ARE_NOT_ALLOWED_TO_ACCESS_THIS_ORGANIZATION;
  return refuse(403, code, message);
}

export async function withoutHidden(
  response: Response,
  { permissions }: Grantor,
  _: Given,
  userId: string,
): Promise<Response> {
  const body = (await response.clone().json()) as { members?: { userId: string }[]; invitations?: unknown[] } | null;
  if (body === null) return response;
  return withBody(response, {
    ...body,
    ...(permissions.has("member:read") ? {} : { members: body.members?.filter((member) => member.userId === userId) }),
    ...(permissions.has("invitation:read") ? {} : { invitations: [] }),
  });
}

const withBody = ({ status, headers }: Response, body: object): Response =>
  new Response(JSON.stringify(body), { status, headers });
