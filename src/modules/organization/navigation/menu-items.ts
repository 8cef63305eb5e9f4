import { and, eq, inArray } from "drizzle-orm";
import type { z } from "zod";
import { differs } from "../../../core/audit.ts";
import { invalidField, problem } from "../../../core/problem.ts";
import { created, deleted, type Refusals, updated } from "../../../core/scope.ts";
import type { Tx } from "../../../db/types.ts";
import { type NavigationScope, visibleFrom, withShared } from "./audience.ts";
import { audienceRows } from "./audience-rows.ts";
import { MenuItem, type MenuItemChanges, type NewMenuItem } from "./schemas.ts";
import { menuItem, menuItemColumns, view } from "./table.ts";

export const EntryPointTaken = problem("entry_point_taken", 409, "The menu has an entry point");
export const MenuItemInUse = problem("menu_item_in_use", 409, "Items stand below this one");

const refusals: Refusals = {
  menu_item_parent_fk: (cause) => invalidField("parentId", "there is no such item in this menu", cause),
  menu_item_no_circle: (cause) => invalidField("parentId", "would put the item below itself", cause),
  menu_item_depth: (cause) => invalidField("parentId", "would make the menu deeper than ten levels", cause),
  menu_item_view_fk: (cause) => invalidField("viewId", "there is no such view", cause),
  menu_item_entry_point_unique: (cause) =>
    EntryPointTaken("Another item of this menu is its entry point.", {
      errors: [{ path: "entryPoint", message: "is taken" }],
      cause,
    }),
};

type MenuItemRow = Omit<typeof menuItem.$inferSelect, "audience" | "viewAudience">;

// Not FOR UPDATE: two moves below each other's item would deadlock on each other's key.
const rows = audienceRows<MenuItemRow>(menuItem, menuItemColumns, {
  list: "menuItems",
  schema: MenuItem,
  lock: "no key update",
});

/** @throws 409 for a second entry point, 422 for an unknown parent or view and for a menu of more than ten levels. */
export async function createMenuItem(scope: NavigationScope, input: z.infer<typeof NewMenuItem>) {
  const [now, organizationId] = [scope.now(), scope.organizationId ?? null];
  const row = await scope.mutate(
    "menuItem.created",
    async (tx) => {
      const target = await targetOf(tx, scope, input);
      const values = { ...input, ...target, organizationId, createdAt: now, updatedAt: now };
      const [inserted] = await tx.insert(menuItem).values(values).returning(menuItemColumns);
      return created(inserted!);
    },
    refusals,
  );
  return withShared(row);
}

/** One page of the organization's menu items and the shared ones, oldest first. */
export const listMenuItems = rows.list;

/** @throws 404. */
export const getMenuItem = rows.get;

/**
 * @throws 404, also for a shared item in an organization's scope; 412; 422 also for a parent below the item itself;
 * the rest as `createMenuItem`.
 */
export async function updateMenuItem(scope: NavigationScope, id: string, input: z.infer<typeof MenuItemChanges>) {
  const row = await scope.mutate(
    "menuItem.updated",
    async (tx, hold) => {
      const before = await rows.lock(tx, hold, scope, id);
      const { viewAudience, ...changes } = { ...input, ...(await targetOf(tx, scope, input)) };
      if (!differs(before, changes)) return updated(before, before);
      const [written] = await tx
        .update(menuItem)
        .set({ ...changes, ...(viewAudience === undefined ? {} : { viewAudience }), updatedAt: scope.now() })
        .where(rows.byId(scope, id))
        .returning(menuItemColumns);
      return updated(before, written!);
    },
    refusals,
  );
  return withShared(row);
}

/** @throws 404, 409 while items stand below it, 412. */
export async function deleteMenuItem(scope: NavigationScope, id: string): Promise<void> {
  await scope.mutate(
    "menuItem.deleted",
    async (tx, hold) => {
      const before = await rows.lock(tx, hold, scope, id);
      await tx.delete(menuItem).where(rows.byId(scope, id));
      return deleted(before);
    },
    { menu_item_parent_fk: (cause) => MenuItemInUse("Move or delete the items below it first.", { cause }) },
  );
}

type Target = { viewAudience?: string | null; viewId?: string | null; url?: string | null };

/** A view or a URL: naming one clears the other. @throws 422 for both, or a view that doesn't exist. */
async function targetOf(
  tx: Tx,
  scope: NavigationScope,
  { viewId, url }: z.infer<typeof MenuItemChanges>,
): Promise<Target> {
  if (viewId && url) throw invalidField("url", "can't be given along with viewId");
  if (viewId) {
    const [row] = await tx
      .select({ audience: view.audience })
      .from(view)
      .where(and(inArray(view.audience, visibleFrom(scope)), eq(view.id, viewId)));
    if (!row) throw invalidField("viewId", "there is no such view");
    return { viewAudience: row.audience, viewId, url: null };
  }
  return viewId === null || url ? { viewAudience: null, viewId: null } : {};
}
