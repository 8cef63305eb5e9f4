import { and, eq, gt, inArray } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import type { z } from "zod";
import type { Catalogue } from "../../core/permission.ts";
import { isUuid } from "../../core/principal.ts";
import { notFound, problem } from "../../core/problem.ts";
import { created, deleted, updated } from "../../core/scope.ts";
import type { Tx } from "../../db/client.ts";
import { isUniqueViolation } from "../../db/errors.ts";
import { type CursorCodec, page } from "../../http/pagination.ts";
import { checkMatch } from "../../http/router.ts";
import { type NewView, type PageQuery, View, type ViewChanges } from "./schemas.ts";
import { refuseUnknown, shown, type Space, spaceOf, visibleFrom } from "./space.ts";
import { view, viewColumns } from "./table.ts";

export const ViewKeyTaken = problem("view_key_taken", 409, "View key is already taken");

/** @throws 409 when a view of the same space has the key, 422 for a permission that isn't there. */
export async function createView(space: Space, catalogue: Catalogue, input: z.infer<typeof NewView>) {
  refuseUnknown(catalogue, input.permission);
  const [now, { organizationId }] = [space.now(), space];
  const work = space.mutate("view.created", async (tx) => {
    const values = { ...input, organizationId, createdAt: now, updatedAt: now };
    const [row] = await tx.insert(view).values(values).returning(viewColumns);
    return created(row!);
  });
  return shown(await refuseTakenKey(work));
}

/** One page of what the organization has and what is everybody's, in the order of their making. */
export async function listViews(space: Space, query: z.infer<typeof PageQuery>, cursors: CursorCodec) {
  const [after] = query.cursor ? cursors.decode("views", query.cursor) : [];
  const within = (name: string) =>
    space.db
      .select(viewColumns)
      .from(view)
      .where(and(eq(view.space, name), after === undefined ? undefined : gt(view.id, after)))
      .orderBy(view.id)
      .limit(query.limit + 1);
  const [everybodys, own] = visibleFrom(space).map(within);
  const rows = await (own === undefined
    ? everybodys!
    : unionAll(everybodys!, own)
        .orderBy(view.id)
        .limit(query.limit + 1));
  const { data, nextCursor } = page(rows, query.limit, ({ id }) => cursors.encode("views", [id]));
  return { data: data.map(shown), nextCursor };
}

/** @throws 404. */
export async function getView(space: Space, id: string) {
  const [row] = isUuid(id)
    ? await space.db
        .select(viewColumns)
        .from(view)
        .where(and(inArray(view.space, visibleFrom(space)), eq(view.id, id)))
    : [];
  if (!row) throw notFound();
  return shown(row);
}

/** @throws 404, also for what is everybody's and not this organization's; 412; as `createView`. */
export async function updateView(
  space: Space,
  catalogue: Catalogue,
  id: string,
  input: z.infer<typeof ViewChanges>,
  ifMatch: string | undefined,
) {
  refuseUnknown(catalogue, input.permission);
  const work = space.mutate("view.updated", async (tx) => {
    const before = await locked(tx, space, id);
    checkMatch(ifMatch, View, shown(before));
    if (Bun.deepEquals({ ...before, ...input }, before)) return updated(before, before);
    const [row] = await tx
      .update(view)
      .set({ ...input, updatedAt: space.now() })
      .where(own(space, id))
      .returning(viewColumns);
    return updated(before, row!);
  });
  return shown(await refuseTakenKey(work));
}

/** Menu items that lead to it become headings. @throws 404, 412. */
export async function deleteView(space: Space, id: string, ifMatch: string | undefined): Promise<void> {
  await space.mutate("view.deleted", async (tx) => {
    const before = await locked(tx, space, id);
    checkMatch(ifMatch, View, shown(before));
    await tx.delete(view).where(own(space, id));
    return deleted(before);
  });
}

const own = (space: Space, id: string) => and(eq(view.space, spaceOf(space)), eq(view.id, id));

async function locked(tx: Tx, space: Space, id: string) {
  const [row] = isUuid(id) ? await tx.select(viewColumns).from(view).where(own(space, id)).for("update") : [];
  if (!row) throw notFound();
  return row;
}

async function refuseTakenKey<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (err) {
    if (!isUniqueViolation(err, "view_key_unique")) throw err;
    throw ViewKeyTaken("Another view has this key.", { errors: [{ path: "key", message: "is taken" }], cause: err });
  }
}
