import { and, desc, eq, gt, inArray, notInArray } from "drizzle-orm";
import type { z } from "zod";
import { member } from "../../../auth/tables/organization.ts";
import type { Permission } from "../../../core/access/permission.ts";
import { inPages } from "../../../core/page.ts";
import type { OrganizationAccess, UserPrincipal } from "../../../core/principal.ts";
import { invalidField } from "../../../core/problem.ts";
import { type OrganizationScope, unrecorded } from "../../../core/scope.ts";
import { keyset } from "../../../db/schema/keyset.ts";
import type { Tx } from "../../../db/types.ts";
import type { OrganizationData } from "../../../http/module.ts";
import { type NewTrailEntry, TrailEntry, type TrailQuery } from "./schemas.ts";
import { visibleFrom } from "./audience.ts";
import { trail, view } from "./table.ts";

/** How many visits of a member are kept, and for how many days. */
const most = 50;
const days = 30;

const dayMs = 24 * 3600 * 1000;

type Visitor = { scope: OrganizationScope; principal: UserPrincipal; access: OrganizationAccess };

/** Records a visit and deletes all but the last fifty. @throws 422 for a view that the member can't see. */
export function track({ scope, principal, access }: Visitor, input: z.infer<typeof NewTrailEntry>) {
  return scope.mutate(null, async (tx) => {
    const { organizationId } = scope;
    const userId = principal.id;
    const visited = await visitedBy(tx, scope, access, input);
    // Concurrent visits wait for each other here, so that no more than fifty stay.
    const me = and(eq(member.organizationId, organizationId), eq(member.userId, userId));
    await tx.select({ id: member.id }).from(member).where(me).for("no key update");
    const values = { organizationId, userId, sessionId: principal.sessionId, ...visited, at: scope.now() };
    const [row] = await tx.insert(trail).values(values).returning();
    const kept = tx.select({ id: trail.id }).from(trail).where(visitsOf(scope, userId));
    const last = kept.orderBy(desc(trail.at), desc(trail.id)).limit(most);
    await tx.delete(trail).where(and(visitsOf(scope, userId), notInArray(trail.id, last)));
    return unrecorded(row!);
  });
}

async function visitedBy(
  tx: Tx,
  scope: OrganizationScope,
  access: OrganizationAccess,
  { viewId, url, label }: z.infer<typeof NewTrailEntry>,
) {
  if (viewId === undefined) {
    if (url === undefined) throw invalidField("url", "is required without viewId");
    return { url, label: label ?? null };
  }
  if (url !== undefined) throw invalidField("url", "can't be given along with viewId");
  const [row] = await tx
    .select()
    .from(view)
    .where(and(inArray(view.audience, visibleFrom(scope)), eq(view.id, viewId)));
  const permission = row?.permission as Permission | null | undefined;
  const seen =
    permission === null || (permission && (access.permissions.has(permission) || access.own.has(permission)));
  if (!row || !seen) throw invalidField("viewId", "there is no such view");
  return { viewAudience: row.audience, viewId, url: row.url, label: label ?? row.name };
}

/** The member's visits of the last thirty days, newest first. */
export async function recent({ scope, principal }: Visitor, { session }: z.infer<typeof TrailQuery>) {
  const data = await scope.db
    .select()
    .from(trail)
    .where(
      and(
        visitsOf(scope, principal.id),
        gt(trail.at, new Date(scope.now().getTime() - days * dayMs)),
        session ? eq(trail.sessionId, principal.sessionId) : undefined,
      ),
    )
    .orderBy(desc(trail.at), desc(trail.id));
  return { data };
}

/** Deletes the member's visits. @throws 412 where If-Match names a version: the trail has none. */
export async function clear({ scope, principal }: Visitor): Promise<void> {
  await scope.mutate(null, async (tx, hold) => {
    const before = hold({ id: principal.id }, null);
    await tx.delete(trail).where(visitsOf(scope, principal.id));
    return unrecorded(before);
  });
}

const visitsOf = (scope: OrganizationScope, userId: string) =>
  and(eq(trail.organizationId, scope.organizationId), eq(trail.userId, userId));

/** The caller's visits, for the export of their data. */
export const visits: OrganizationData = {
  by: ["trail.user_id"],
  schema: TrailEntry,
  permission: null,
  read: (scope) =>
    inPages<typeof trail.$inferSelect>((last, limit) => {
      const { after, orderBy } = keyset([trail.at, trail.id], "asc", last && [last.at.toISOString(), last.id]);
      const mine = and(visitsOf(scope, scope.userId), after);
      return scope.db
        .select()
        .from(trail)
        .where(mine)
        .orderBy(...orderBy)
        .limit(limit);
    }),
};
