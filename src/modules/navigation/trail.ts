import { and, desc, eq, gt, inArray, lt, notInArray } from "drizzle-orm";
import type { z } from "zod";
import { member } from "../../auth/tables.ts";
import type { Permission } from "../../core/permission.ts";
import type { OrganizationAccess, UserPrincipal } from "../../core/principal.ts";
import { type OrganizationScope, unrecorded } from "../../core/scope.ts";
import type { Database, Tx } from "../../db/client.ts";
import type { NewTrailEntry, TrailQuery } from "./schemas.ts";
import { invalid, visibleFrom } from "./space.ts";
import { trail, view } from "./table.ts";

/** How many visits are kept of a member, and for how long. */
const most = 50;
const days = 30;

const dayMs = 24 * 3600 * 1000;

type Visitor = { scope: OrganizationScope; principal: UserPrincipal; access: OrganizationAccess };

/** Notes a visit. What has fallen behind the last fifty goes. @throws 422 for a view that the member doesn't see. */
export function track({ scope, principal, access }: Visitor, input: z.infer<typeof NewTrailEntry>) {
  return scope.mutate("trail.extended", async (tx) => {
    const { organizationId } = scope;
    const userId = principal.id;
    const visited = await visitedBy(tx, scope, access, input);
    // Two visits at once follow one another, so that no more than fifty stay.
    const me = and(eq(member.organizationId, organizationId), eq(member.userId, userId));
    await tx.select({ id: member.id }).from(member).where(me).for("no key update");
    const values = { organizationId, userId, sessionId: principal.sessionId, ...visited, at: scope.now() };
    const [row] = await tx.insert(trail).values(values).returning();
    const kept = tx.select({ id: trail.id }).from(trail).where(mine(scope, userId));
    const last = kept.orderBy(desc(trail.at), desc(trail.id)).limit(most);
    await tx.delete(trail).where(and(mine(scope, userId), notInArray(trail.id, last)));
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
    if (url === undefined) throw invalid("url", "is required without viewId");
    return { url, label: label ?? null };
  }
  if (url !== undefined) throw invalid("url", "can't be said along with viewId");
  const [row] = await tx
    .select()
    .from(view)
    .where(and(inArray(view.space, visibleFrom(scope)), eq(view.id, viewId)));
  const permission = row?.permission as Permission | null | undefined;
  const seen =
    permission === null || (permission && (access.permissions.has(permission) || access.own.has(permission)));
  if (!row || !seen) throw invalid("viewId", "there is no such view");
  return { viewSpace: row.space, viewId, url: row.url, label: label ?? row.name };
}

/** Where the member has been in the last thirty days, the latest first. */
export async function recent({ scope, principal }: Visitor, { session }: z.infer<typeof TrailQuery>) {
  const data = await scope.db
    .select()
    .from(trail)
    .where(
      and(
        mine(scope, principal.id),
        gt(trail.at, new Date(scope.now().getTime() - days * dayMs)),
        session ? eq(trail.sessionId, principal.sessionId) : undefined,
      ),
    )
    .orderBy(desc(trail.at), desc(trail.id));
  return { data };
}

/** Forgets where the member has been. */
export async function clear({ scope, principal }: Visitor): Promise<void> {
  await scope.mutate("trail.cleared", async (tx) => {
    await tx.delete(trail).where(mine(scope, principal.id));
    return unrecorded({ id: principal.id });
  });
}

const mine = (scope: OrganizationScope, userId: string) =>
  and(eq(trail.organizationId, scope.organizationId), eq(trail.userId, userId));

/** Removes up to `limit` visits that are older than thirty days, of whatever organization. @returns how many. */
export const removeExpiredTrail = (database: Database, now: Date, limit: number): Promise<number> =>
  database.transaction({ "app.platform_role": "system" }, async (tx) => {
    const old = lt(trail.at, new Date(now.getTime() - days * dayMs));
    const some = tx.select({ id: trail.id }).from(trail).where(old).orderBy(trail.at).limit(limit);
    const removed = await tx.delete(trail).where(inArray(trail.id, some)).returning({ id: trail.id });
    return removed.length;
  });
