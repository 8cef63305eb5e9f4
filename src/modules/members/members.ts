import { and, asc, desc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { member, user } from "../../auth/tables.ts";
import { notFound, problem } from "../../core/problem.ts";
import { type Change, deleted, type OrganizationScope, updated } from "../../core/scope.ts";
import type { ReadDb } from "../../db/client.ts";
import { sqlState } from "../../db/errors.ts";
import { type CursorCodec, likePattern, page, pageQuery } from "../../http/pagination.ts";
import { checkMatch } from "../../http/router.ts";
import { list, timestamp } from "../../http/schemas.ts";
import { type Giver, grantable, refuseBeyond, refuseUnknownRole, RoleInput } from "./roles.ts";

export const LastOwner = problem("last_owner", 409, "An organization keeps at least one owner");

/** What the members of an organization may know of each other. */
export const Person = z
  .object({ id: z.string(), name: z.string(), email: z.string(), image: z.string().nullable() })
  .meta({ id: "Person" });

export const Member = z
  .object({
    id: z.string(),
    userId: z.string(),
    role: z.string().meta({ description: "One role, or several separated by commas", example: "admin" }),
    createdAt: timestamp(),
    user: Person,
  })
  .meta({ id: "Member" });

export const MemberList = list(Member, "MemberList");
export const MemberChanges = z.object({ role: RoleInput }).meta({ id: "MemberChanges" });

export const MemberQuery = z.object({
  ...pageQuery,
  q: z.string().trim().max(120).optional().meta({ description: "A part of the name or of the address" }),
  role: z.string().trim().max(80).optional(),
  sort: z.enum(["createdAt", "-createdAt"]).default("createdAt"),
});

export type MemberRow = z.input<typeof Member>;

const columns = {
  id: member.id,
  userId: member.userId,
  role: member.role,
  createdAt: member.createdAt,
  user: { id: user.id, name: user.name, email: user.email, image: user.image },
};

/** One page of the organization's members, by keyset. */
export async function listMembers(scope: OrganizationScope, query: z.infer<typeof MemberQuery>, cursors: CursorCodec) {
  const { limit, sort, q, role } = query;
  const name = `members:${sort}`;
  const down = sort.startsWith("-");
  const after = query.cursor ? cursors.decode(name, query.cursor) : null;
  const rows = await scope.db
    .select(columns)
    .from(member)
    .innerJoin(user, eq(user.id, member.userId))
    .where(
      and(
        eq(member.organizationId, scope.organizationId),
        q ? sql`(${user.name} ilike ${likePattern(q)} or ${user.email} ilike ${likePattern(q)})` : undefined,
        role ? sql`${role} = any(string_to_array(${member.role}, ','))` : undefined,
        after
          ? sql`(${member.createdAt}, ${member.id}) ${sql.raw(down ? "<" : ">")} (${after[0]}::timestamptz, ${after[1]})`
          : undefined,
      ),
    )
    .orderBy(...(down ? [desc(member.createdAt), desc(member.id)] : [asc(member.createdAt), asc(member.id)]))
    .limit(limit + 1);
  return page(rows, limit, (row) => cursors.encode(name, [row.createdAt.toISOString(), row.id]));
}

/** @throws 404 for who isn't a member of this organization. */
export async function getMember(scope: OrganizationScope, id: string) {
  const [row] = await find(scope.db, scope, id);
  if (!row) throw notFound();
  return row;
}

/**
 * Gives a member other roles: one, or several.
 *
 * @param by who does it: they hold all that the member had and all that the member gets.
 * @throws 404, 403 for a role above `by`'s own, 409 for the last owner, 412, 422 for a role that doesn't exist.
 */
export function changeRole(
  scope: OrganizationScope,
  by: Giver,
  id: string,
  input: z.infer<typeof MemberChanges>,
  ifMatch: string | undefined,
) {
  return keepingAnOwner(
    scope.mutate("member.updated", async (tx) => {
      const role = await grantable(tx, scope, by, input.role);
      const before = await locked(tx, scope, id);
      await refuseBeyond(tx, scope, by, before.role);
      checkMatch(ifMatch, Member, before);
      await tx.update(member).set({ role }).where(mine(scope, id));
      return updated(before, { ...before, role });
    }),
  );
}

/**
 * Ends a membership. Whoever leaves needs no more than to be a member.
 *
 * @param by who does it: they hold all that the member holds.
 * @throws 404, 403 for a member above `by`, 409 for the last owner, 412.
 */
export function removeMember(scope: OrganizationScope, by: Giver, id: string, ifMatch: string | undefined) {
  return keepingAnOwner(
    scope.mutate("member.deleted", async (tx): Promise<Change<void>> => {
      const before = await locked(tx, scope, id);
      if (before.id !== by.access.memberId) await refuseBeyond(tx, scope, by, before.role);
      checkMatch(ifMatch, Member, before);
      await tx.delete(member).where(mine(scope, id));
      const { user: _person, ...membership } = before;
      return { ...deleted(membership), result: undefined };
    }),
  );
}

const mine = (scope: OrganizationScope, id: string) =>
  and(eq(member.organizationId, scope.organizationId), eq(member.id, id));

const find = (db: ReadDb, scope: OrganizationScope, id: string) =>
  db.select(columns).from(member).innerJoin(user, eq(user.id, member.userId)).where(mine(scope, id));

async function locked(tx: ReadDb, scope: OrganizationScope, id: string) {
  const [row] = await find(tx, scope, id).for("update", { of: member });
  if (!row) throw notFound();
  return row;
}

async function keepingAnOwner<T>(work: Promise<T>): Promise<T> {
  try {
    return await refuseUnknownRole(work);
  } catch (err) {
    if (sqlState(err) !== "GH001") throw err;
    throw LastOwner("Make somebody else an owner first.", { cause: err });
  }
}
