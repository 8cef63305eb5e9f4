import type { z } from "zod";
import type { Catalogue } from "../../../core/access/permission.ts";
import { differs } from "../../../core/audit.ts";
import { problem } from "../../../core/problem.ts";
import { created, deleted, type Refusals, updated } from "../../../core/scope.ts";
import { type NavigationScope, refuseUndeclared, withShared } from "./audience.ts";
import { audienceRows } from "./audience-rows.ts";
import { type NewView, View, type ViewChanges } from "./schemas.ts";
import { view, viewColumns } from "./table.ts";

export const ViewKeyTaken = problem("view_key_taken", 409, "View key is already taken");

const notSecret = ["key"];

type ViewRow = Omit<typeof view.$inferSelect, "audience">;

const rows = audienceRows<ViewRow>(view, viewColumns, { list: "views", schema: View, lock: "update" });

const refusals: Refusals = {
  view_key_unique: (cause) =>
    ViewKeyTaken("Another view has this key.", { errors: [{ path: "key", message: "is taken" }], cause }),
};

/** @throws 409 when a view of the same audience has the key, 422 for an unknown permission. */
export async function createView(scope: NavigationScope, catalogue: Catalogue, input: z.infer<typeof NewView>) {
  refuseUndeclared(catalogue, input.permission);
  const [now, organizationId] = [scope.now(), scope.organizationId ?? null];
  const row = await scope.mutate(
    "view.created",
    async (tx) => {
      const values = { ...input, organizationId, createdAt: now, updatedAt: now };
      const [inserted] = await tx.insert(view).values(values).returning(viewColumns);
      return { ...created(inserted!), notSecret };
    },
    refusals,
  );
  return withShared(row);
}

/** One page of the organization's views and the shared ones, oldest first. */
export const listViews = rows.list;

/** @throws 404. */
export const getView = rows.get;

/** @throws 404, also for a shared view in an organization's scope; 409 and 422 as `createView`; 412. */
export async function updateView(
  scope: NavigationScope,
  catalogue: Catalogue,
  id: string,
  input: z.infer<typeof ViewChanges>,
) {
  refuseUndeclared(catalogue, input.permission);
  const row = await scope.mutate(
    "view.updated",
    async (tx, hold) => {
      const before = await rows.lock(tx, hold, scope, id);
      if (!differs(before, input)) return updated(before, before);
      const [written] = await tx
        .update(view)
        .set({ ...input, updatedAt: scope.now() })
        .where(rows.byId(scope, id))
        .returning(viewColumns);
      return { ...updated(before, written!), notSecret };
    },
    refusals,
  );
  return withShared(row);
}

/** Deletes a view. Menu items that lead to it become headings. @throws 404, 412. */
export async function deleteView(scope: NavigationScope, id: string): Promise<void> {
  await scope.mutate("view.deleted", async (tx, hold) => {
    const before = await rows.lock(tx, hold, scope, id);
    await tx.delete(view).where(rows.byId(scope, id));
    return { ...deleted(before), notSecret };
  });
}
