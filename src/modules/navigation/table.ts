import { getTableColumns, sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { member, organization } from "../../auth/tables.ts";
import { id, instant, memberPolicies, sharedPolicies, space } from "../../db/columns.ts";

/** The organization that owns the row; null for what is everybody's. */
const owner = () => text("organization_id").references(() => organization.id, { onDelete: "cascade" });

/** A page of the application, and the permission that it takes to see it. */
export const view = pgTable(
  "view",
  {
    id: id(),
    organizationId: owner(),
    space: space(),
    key: text("key").notNull(),
    name: text("name").notNull(),
    category: text("category"),
    url: text("url").notNull(),
    icon: text("icon"),
    permission: text("permission"),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [
    unique("view_space_id_unique").on(t.space, t.id),
    unique("view_key_unique").on(t.space, t.key),
    index("view_organization_id_idx").on(t.organizationId),
    ...sharedPolicies("view", t.organizationId),
  ],
);

// A trigger keeps the tree a tree: no circle, ten levels at most.
export const menuItem = pgTable(
  "menu_item",
  {
    id: id(),
    organizationId: owner(),
    space: space(),
    /** Of the same space, by the composite key. */
    parentId: uuid("parent_id"),
    position: bigint("position", { mode: "number" }).notNull().default(0),
    label: text("label").notNull(),
    icon: text("icon"),
    /** The view's space: this item's own, or everybody's. */
    viewSpace: text("view_space"),
    viewId: uuid("view_id"),
    url: text("url"),
    entryPoint: boolean("entry_point").notNull().default(false),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [
    unique("menu_item_space_id_unique").on(t.space, t.id),
    uniqueIndex("menu_item_entry_point_unique")
      .on(t.space)
      .where(sql`${t.entryPoint}`),
    index("menu_item_organization_id_idx").on(t.organizationId),
    index("menu_item_parent_idx").on(t.space, t.parentId),
    index("menu_item_view_idx").on(t.viewSpace, t.viewId),
    foreignKey({ columns: [t.space, t.parentId], foreignColumns: [t.space, t.id], name: "menu_item_parent_fk" }),
    // An item whose view is gone is a heading, which nobody sees while nothing stands below it.
    foreignKey({
      columns: [t.viewSpace, t.viewId],
      foreignColumns: [view.space, view.id],
      name: "menu_item_view_fk",
    }).onDelete("set null"),
    check("menu_item_view_reachable", sql`${t.viewSpace} in ('', ${t.space})`),
    check("menu_item_view_whole", sql`num_nulls(${t.viewSpace}, ${t.viewId}) in (0, 2)`),
    check("menu_item_one_target", sql`num_nonnulls(${t.viewId}, ${t.url}) <= 1`),
    ...sharedPolicies("menu_item", t.organizationId),
  ],
);

/** Where a member has been lately. */
export const trail = pgTable(
  "trail",
  {
    id: id(),
    organizationId: text("organization_id").notNull(),
    userId: text("user_id").notNull(),
    sessionId: text("session_id").notNull(),
    viewSpace: text("view_space"),
    viewId: uuid("view_id"),
    url: text("url").notNull(),
    label: text("label"),
    at: instant("at").notNull(),
  },
  (t) => [
    index("trail_member_idx").on(t.organizationId, t.userId, t.at, t.id),
    index("trail_at_idx").on(t.at),
    index("trail_view_idx").on(t.viewSpace, t.viewId),
    foreignKey({
      columns: [t.organizationId, t.userId],
      foreignColumns: [member.organizationId, member.userId],
      name: "trail_member_fk",
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.viewSpace, t.viewId],
      foreignColumns: [view.space, view.id],
      name: "trail_view_fk",
    }).onDelete("set null"),
    check("trail_view_reachable", sql`${t.viewSpace} in ('', ${t.organizationId})`),
    check("trail_view_whole", sql`num_nulls(${t.viewSpace}, ${t.viewId}) in (0, 2)`),
    ...memberPolicies("trail", t.organizationId, t.userId),
  ],
);

const { space: _space, ...viewColumns } = getTableColumns(view);
const { space: _itemSpace, viewSpace: _viewSpace, ...menuItemColumns } = getTableColumns(menuItem);

export { menuItemColumns, viewColumns };
