import { z } from "zod";
import { updateAccount } from "../../auth/account.ts";
import type { Auth } from "../../auth/auth.ts";
import { listMemberships } from "../../auth/memberships.ts";
import { type Circumstances, listSessions, revokeOtherSessions, revokeSession } from "../../auth/sessions.ts";
import { explain } from "../../core/explain.ts";
import type { Catalogue, Permission } from "../../core/permission.ts";
import type { OrganizationAccess, UserPrincipal } from "../../core/principal.ts";
import { Invalid, notFound } from "../../core/problem.ts";
import type { Database } from "../../db/client.ts";
import { Identity, sorted } from "../../http/identity.ts";
import { standingReader } from "../../verify/standing.ts";
import { type CursorCodec, page, pageQuery } from "../../http/pagination.ts";
import { list, text, timestamp } from "../../http/schemas.ts";

/** What these verbs reach into. */
export type Ports = { auth: Auth; database: Database; catalogue: Catalogue };

export const Membership = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    logo: z.string().nullable(),
    role: z.string().meta({ description: "One role, or several separated by commas", example: "admin" }),
    joinedAt: timestamp(),
  })
  .meta({ id: "Membership" });
export const MembershipList = list(Membership, "MembershipList");

export const Me = Identity.extend({
  organizations: z
    .array(Membership)
    .optional()
    .meta({ description: "With `include=organizations`: the first 100; all are at /v1/me/organizations" }),
}).meta({ id: "Me" });
export const MeQuery = z.object({ include: z.enum(["organizations"]).optional() });
export const MeChanges = z
  .object({
    name: text(120),
    image: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .nullable(),
  })
  .partial()
  .meta({ id: "MeChanges" });

const Explanation = z
  .object({
    permission: z.string(),
    allowed: z.boolean(),
    reach: z.enum(["organization", "own"]).nullable().meta({ description: "How far; null where it isn't allowed" }),
    reason: z.enum(["granted", "own_only", "denied", "not_granted", "not_entitled"]),
    module: z
      .object({ name: z.string(), tier: z.enum(["standard", "optional", "premium"]), granted: z.boolean() })
      .meta({ description: "The module that it belongs to, and whether the organization may use it" }),
    entries: z
      .array(
        z.object({
          role: z.string(),
          source: z.enum(["builtIn", "permission", "rules"]).meta({ description: "Where the role says so" }),
          effect: z.enum(["allow", "deny"]),
          scope: z.enum(["organization", "own"]),
          locked: z.boolean(),
        }),
      )
      .meta({ description: "What each of your roles says of it; a role that isn't here says nothing" }),
    grantedBy: z.array(z.string()).meta({ description: "Which of your roles allow it" }),
    grantedTo: z.array(z.string()).meta({ description: "Every built-in role that grants it" }),
  })
  .meta({ id: "PermissionExplanation" });

export const Effective = z
  .object({
    organization: z.object({ id: z.string(), slug: z.string() }),
    role: z.string().nullable(),
    permissions: z.array(z.string()).meta({ description: "Held on the whole organization" }),
    own: z.array(z.string()).meta({ description: "Held for what is your own only" }),
    explain: Explanation.optional(),
  })
  .meta({ id: "EffectivePermissions" });
export const EffectiveQuery = z.object({
  org: z.string().optional().meta({ description: "An organization's id or slug; the active one where it isn't given" }),
  explain: z.string().optional().meta({ description: "A permission to explain", example: "project:update" }),
});

export const Session = z
  .object({
    id: z.string(),
    current: z.boolean().meta({ description: "Whether this request came with it" }),
    createdAt: timestamp(),
    updatedAt: timestamp(),
    expiresAt: timestamp(),
    ipAddress: z.string().nullable(),
    userAgent: z.string().nullable(),
    impersonated: z.boolean().meta({ description: "Whether an administrator acts through it" }),
  })
  .meta({ id: "Session" });
export const SessionList = list(Session, "SessionList");
export const PageQuery = z.object(pageQuery);
type PageQuery = z.infer<typeof PageQuery>;

/** One page of the person's organizations, the one they joined first at the top. */
export async function myOrganizations({ database }: Ports, userId: string, query: PageQuery, cursors: CursorCodec) {
  const after = query.cursor ? (cursors.decode("me:organizations", query.cursor)[0] ?? null) : null;
  const rows = await listMemberships(database, userId, { after, limit: query.limit + 1 });
  return page(rows, query.limit, ({ memberId }) => cursors.encode("me:organizations", [memberId]));
}

/** One page of the person's live sessions, newest first. */
export async function mySessions(
  { database }: Ports,
  principal: UserPrincipal,
  now: Date,
  query: PageQuery,
  cursors: CursorCodec,
) {
  const after = query.cursor ? (cursors.decode("me:sessions", query.cursor)[0] ?? null) : null;
  const rows = await listSessions(database, principal.id, { now, after, limit: query.limit + 1 });
  const { data, nextCursor } = page(rows, query.limit, ({ id }) => cursors.encode("me:sessions", [id]));
  return { data: data.map((row) => ({ ...row, current: row.id === principal.sessionId })), nextCursor };
}

/** Ends one of the person's own sessions. @throws 404 for anybody else's. */
export async function endSession({ auth }: Ports, as: Circumstances, userId: string, id: string): Promise<void> {
  if (!(await revokeSession(auth, as, userId, id))) throw notFound();
}

/** Ends all of the person's sessions but the one that asks. */
export async function endOtherSessions({ auth }: Ports, as: Circumstances, principal: UserPrincipal): Promise<void> {
  await revokeOtherSessions(auth, as, principal.id, principal.sessionId);
}

/**
 * What the person may do in an organization and, where a permission is named, how that was decided.
 *
 * @throws 404 for who has just left it, 422 for an unknown permission.
 */
export async function effectivePermissions(
  { catalogue, database }: Ports,
  userId: string,
  standing: OrganizationAccess,
  permission: string | undefined,
) {
  const { id, slug, role, permissions, own } = standing;
  const shown = { organization: { id, slug }, role, permissions: sorted(permissions), own: sorted(own) };
  if (permission === undefined) return shown;
  // As it is now, all of it: what explains a decision must be what decides it.
  const now = await standingReader({ catalogue, database })(userId, id);
  if (now === null) throw notFound();
  const explained = explain(catalogue, now.role, now.stored, now.granted, permission as Permission);
  if (explained === undefined) {
    throw Invalid(`There is no permission ${JSON.stringify(permission)}.`, {
      errors: [{ path: "explain", message: "is no permission" }],
    });
  }
  const granting = [...catalogue.roles].filter(([, granted]) => granted.has(permission as Permission));
  return {
    organization: { id, slug },
    role: now.role,
    permissions: sorted(now.permissions),
    own: sorted(now.own),
    explain: {
      ...explained,
      grantedBy: explained.entries.filter(({ effect }) => effect === "allow").map((entry) => entry.role),
      grantedTo: granting.map(([name]) => name),
    },
  };
}

/** Changes the person's name or picture. @returns the principal as it is now. */
export async function updateMe(
  { auth }: Ports,
  as: Circumstances,
  principal: UserPrincipal,
  changes: z.infer<typeof MeChanges>,
  updatedAt: Date,
): Promise<UserPrincipal> {
  const { name = principal.name, image = principal.image } = changes;
  await updateAccount(auth, as, principal.id, { name, image, updatedAt });
  return { ...principal, name, image };
}
