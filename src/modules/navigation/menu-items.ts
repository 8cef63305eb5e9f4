import { and, eq, gt, inArray } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import type { z } from "zod";
import { isUuid } from "../../core/principal.ts";
import { notFound, problem } from "../../core/problem.ts";
import { created, deleted, updated } from "../../core/scope.ts";
import type { Tx } from "../../db/client.ts";
import { constraintOf } from "../../db/errors.ts";
import { type CursorCodec, page } from "../../http/pagination.ts";
import { checkMatch } from "../../http/router.ts";
import { MenuItem, type MenuItemChanges, type NewMenuItem, type PageQuery } from "./schemas.ts";
import { invalid, shown, type Space, spaceOf, visibleFrom } from "./space.ts";
import { menuItem, menuItemColumns, view } from "./table.ts";

export const EntryPointTaken = problem("entry_point_taken", 409, "The menu has an entry point");
export const MenuItemInUse = problem("menu_item_in_use", 409, "Items stand below this one");

/** @throws 409 for a second entry point; 422 for a parent or a view that isn't there, and for a menu too deep. */
export async function createMenuItem(space: Space, input: z.infer<typeof NewMenuItem>) {
  const [now, { organizationId }] = [space.now(), space];
  const work = space.mutate("menuItem.created", async (tx) => {
    const values = { ...input, ...(await targetOf(tx, space, input)), organizationId, createdAt: now, updatedAt: now };
    const [row] = await tx.insert(menuItem).values(values).returning(menuItemColumns);
    return created(row!);
  });
  return shown(await refused(work));
}

/** One page of what the organization has and what is everybody's, in the order of their making. */
export async function listMenuItems(space: Space, query: z.infer<typeof PageQuery>, cursors: CursorCodec) {
  const [after] = query.cursor ? cursors.decode("menuItems", query.cursor) : [];
  const within = (name: string) =>
    space.db
      .select(menuItemColumns)
      .from(menuItem)
      .where(and(eq(menuItem.space, name), after === undefined ? undefined : gt(menuItem.id, after)))
      .orderBy(menuItem.id)
      .limit(query.limit + 1);
  const [everybodys, own] = visibleFrom(space).map(within);
  const rows = await (own === undefined
    ? everybodys!
    : unionAll(everybodys!, own)
        .orderBy(menuItem.id)
        .limit(query.limit + 1));
  const { data, nextCursor } = page(rows, query.limit, ({ id }) => cursors.encode("menuItems", [id]));
  return { data: data.map(shown), nextCursor };
}

/** @throws 404. */
export async function getMenuItem(space: Space, id: string) {
  const [row] = isUuid(id)
    ? await space.db
        .select(menuItemColumns)
        .from(menuItem)
        .where(and(inArray(menuItem.space, visibleFrom(space)), eq(menuItem.id, id)))
    : [];
  if (!row) throw notFound();
  return shown(row);
}

/** @throws 404, also for what is everybody's; 412; 422 for a parent below the item itself; as `createMenuItem`. */
export async function updateMenuItem(
  space: Space,
  id: string,
  input: z.infer<typeof MenuItemChanges>,
  ifMatch: string | undefined,
) {
  const work = space.mutate("menuItem.updated", async (tx) => {
    const before = await locked(tx, space, id);
    checkMatch(ifMatch, MenuItem, shown(before));
    const { viewSpace, ...changes } = { ...input, ...(await targetOf(tx, space, input)) };
    if (Bun.deepEquals({ ...before, ...changes }, before)) return updated(before, before);
    const [row] = await tx
      .update(menuItem)
      .set({ ...changes, ...(viewSpace === undefined ? {} : { viewSpace }), updatedAt: space.now() })
      .where(own(space, id))
      .returning(menuItemColumns);
    return updated(before, row!);
  });
  return shown(await refused(work));
}

/** @throws 404, 409 while items stand below it, 412. */
export async function deleteMenuItem(space: Space, id: string, ifMatch: string | undefined): Promise<void> {
  const work = space.mutate("menuItem.deleted", async (tx) => {
    const before = await locked(tx, space, id);
    checkMatch(ifMatch, MenuItem, shown(before));
    await tx.delete(menuItem).where(own(space, id));
    return deleted(before);
  });
  await work.catch((err: unknown) => {
    if (constraintOf(err) !== "menu_item_parent_fk") throw err;
    throw MenuItemInUse("Move or delete the items below it first.", { cause: err });
  });
}

type Target = { viewSpace?: string | null; viewId?: string | null; url?: string | null };

/** A view or a URL: whichever is said takes the other's place. @throws 422 for both, or a view that isn't there. */
async function targetOf(tx: Tx, space: Space, { viewId, url }: z.infer<typeof MenuItemChanges>): Promise<Target> {
  if (viewId && url) throw invalid("url", "can't be said along with viewId");
  if (viewId) {
    const [row] = await tx
      .select({ space: view.space })
      .from(view)
      .where(and(inArray(view.space, visibleFrom(space)), eq(view.id, viewId)));
    if (!row) throw invalid("viewId", "there is no such view");
    return { viewSpace: row.space, viewId, url: null };
  }
  return viewId === null || url ? { viewSpace: null, viewId: null } : {};
}

const own = (space: Space, id: string) => and(eq(menuItem.space, spaceOf(space)), eq(menuItem.id, id));

async function locked(tx: Tx, space: Space, id: string) {
  // Not FOR UPDATE: two moves below each other's item would wait for one another's key for ever.
  const [row] = isUuid(id)
    ? await tx.select(menuItemColumns).from(menuItem).where(own(space, id)).for("no key update")
    : [];
  if (!row) throw notFound();
  return row;
}

async function refused<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (err) {
    switch (constraintOf(err)) {
      case "menu_item_parent_fk":
        throw invalid("parentId", "there is no such item in this menu", err);
      case "menu_item_no_circle":
        throw invalid("parentId", "would put the item below itself", err);
      case "menu_item_depth":
        throw invalid("parentId", "would make the menu deeper than ten levels", err);
      case "menu_item_view_fk":
        throw invalid("viewId", "there is no such view", err);
      case "menu_item_entry_point_unique":
        throw EntryPointTaken("Another item of this menu is its entry point.", {
          errors: [{ path: "entryPoint", message: "is taken" }],
          cause: err,
        });
      default:
        throw err;
    }
  }
}
