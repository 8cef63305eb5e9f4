import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { member } from "../../../auth/tables/organization.ts";
import { user } from "../../../auth/tables/identity.ts";
import { likePattern, pageQuery, orderOf, sortQuery } from "../../../core/page.ts";
import { notFound } from "../../../core/problem.ts";
import { type Change, deleted, type OrganizationScope, type Refusals, updated } from "../../../core/scope.ts";
import { guard } from "../../../db/guards.ts";
import { paged } from "../../../db/schema/paged.ts";
import type { ReadDb } from "../../../db/types.ts";
import { LastOwner } from "../../../directory/refusals.ts";
import { list, timestamp } from "../../../http/schemas.ts";
import {
  grantableRoles,
  refuseBeyond,
  RoleInput,
  type RoleGrantor,
  type RoleManager,
  unknownRole,
} from "../roles/index.ts";

/** What members of an organization see of each other. */
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
export type Member = z.infer<typeof Member>;

export const MemberList = list(Member, "MemberList");
export const MemberChanges = z.object({ role: RoleInput }).meta({ id: "MemberChanges", example: { role: "member" } });

export const MemberQuery = z.object({
  ...pageQuery,
  ...sortQuery(["createdAt"], "createdAt"),
  q: z.string().trim().max(120).optional().meta({ description: "A part of the name or of the address" }),
  role: z.string().trim().max(80).optional().meta({ description: "Only those who have this role" }),
});

const columns = {
  id: member.id,
  userId: member.userId,
  role: member.role,
  createdAt: member.createdAt,
  user: { id: user.id, name: user.name, email: user.email, image: user.image },
};

/** One page of the organization's members, by keyset. */
export function listMembers(scope: OrganizationScope, query: z.infer<typeof MemberQuery>) {
  const { sort, q, role } = query;
  const order = { list: "members", table: member, ...orderOf(sort) };
  return paged(scope, order, query, ({ after, orderBy, limit }) =>
    scope.db
      .select(columns)
      .from(member)
      .innerJoin(user, eq(user.id, member.userId))
      .where(
        and(
          eq(member.organizationId, scope.organizationId),
          q ? sql`(${user.name} ilike ${likePattern(q)} or ${user.email} ilike ${likePattern(q)})` : undefined,
          role ? sql`${role} = any(string_to_array(${member.role}, ','))` : undefined,
          after,
        ),
      )
      .orderBy(...orderBy)
      .limit(limit),
  );
}

/** @throws 404 for a membership of another organization, or none. */
export async function getMember(scope: OrganizationScope, id: string) {
  const [row] = await find(scope.db, scope, id);
  if (!row) throw notFound();
  return row;
}

const refusals: Refusals = {
  ...unknownRole(),
  [guard.lastOwner]: (cause) => LastOwner("Make someone else an owner first.", { cause }),
};

/**
 * Replaces a member's roles.
 *
 * @param by the caller, who holds all that the member's old and new roles grant.
 * @throws 404, 403 for a role above `by`'s own, 409 for the last owner, 412, 422 for a role that doesn't exist.
 */
export function changeRole(
  scope: OrganizationScope,
  by: RoleGrantor,
  id: string,
  input: z.infer<typeof MemberChanges>,
) {
  return scope.mutate(
    "member.updated",
    async (tx, hold) => {
      const role = await grantableRoles(tx, scope, by, input.role);
      const before = await lock(tx, scope, id);
      await refuseBeyond(tx, scope, by, before.role);
      const held = hold(before, Member);
      await tx.update(member).set({ role }).where(byId(scope, id));
      return updated(held, { ...before, role });
    },
    refusals,
  );
}

/**
 * Ends a membership. Members may leave whatever their role.
 *
 * @param by the caller, who holds all that the member's roles grant, or is that member.
 * @throws 404, 403 for a member above `by`, 409 for the last owner, 412.
 */
export function removeMember(scope: OrganizationScope, by: RoleManager, id: string) {
  return scope.mutate(
    "member.deleted",
    async (tx, hold): Promise<Change<void>> => {
      const before = await lock(tx, scope, id);
      if (before.id !== by.access.memberId) await refuseBeyond(tx, scope, by, before.role);
      const { user: _person, ...membership } = hold(before, Member);
      await tx.delete(member).where(byId(scope, id));
      return { ...deleted(membership), result: undefined };
    },
    refusals,
  );
}

const byId = (scope: OrganizationScope, id: string) =>
  and(eq(member.organizationId, scope.organizationId), eq(member.id, id));

const find = (db: ReadDb, scope: OrganizationScope, id: string) =>
  db.select(columns).from(member).innerJoin(user, eq(user.id, member.userId)).where(byId(scope, id));

async function lock(tx: ReadDb, scope: OrganizationScope, id: string) {
  const [row] = await find(tx, scope, id).for("update", { of: member });
  if (!row) throw notFound();
  return row;
}
