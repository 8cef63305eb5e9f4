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
import { member, organization } from "../../../auth/tables/organization.ts";
import { bounded } from "../../../db/schema/bounded.ts";
import { audience, id, instant } from "../../../db/schema/columns.ts";

/** The organization that owns the row; null for a row that all organizations share. */
const owner = () => text("organization_id").references(() => organization.id, { onDelete: "cascade" });

/** A page of the application, and the permission that a member needs to see it. */
export const view = pgTable(
  "view",
  {
    id: id(),
    organizationId: owner(),
    audience: audience(),
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
    ...bounded("view", t, { url: 2048 }),
    unique("view_space_id_unique").on(t.audience, t.id),
    unique("view_key_unique").on(t.audience, t.key),
    index("view_organization_id_idx").on(t.organizationId),
  ],
);

// A trigger refuses circles and more than ten levels.
export const menuItem = pgTable(
  "menu_item",
  {
    id: id(),
    organizationId: owner(),
    audience: audience(),
    /** An item of the same audience, by the composite key. */
    parentId: uuid("parent_id"),
    position: bigint("position", { mode: "number" }).notNull().default(0),
    label: text("label").notNull(),
    icon: text("icon"),
    /** The view's audience: this item's own, or the shared one. */
    viewAudience: text("view_space"),
    viewId: uuid("view_id"),
    url: text("url"),
    entryPoint: boolean("entry_point").notNull().default(false),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [
    ...bounded("menu_item", t, { url: 2048 }),
    unique("menu_item_space_id_unique").on(t.audience, t.id),
    uniqueIndex("menu_item_entry_point_unique")
      .on(t.audience)
      .where(sql`${t.entryPoint}`),
    index("menu_item_organization_id_idx").on(t.organizationId),
    index("menu_item_parent_idx").on(t.audience, t.parentId),
    index("menu_item_view_idx").on(t.viewAudience, t.viewId),
    foreignKey({ columns: [t.audience, t.parentId], foreignColumns: [t.audience, t.id], name: "menu_item_parent_fk" }),
    // An item whose view is gone is a heading, which nobody sees while nothing stands below it.
    foreignKey({
      columns: [t.viewAudience, t.viewId],
      foreignColumns: [view.audience, view.id],
      name: "menu_item_view_fk",
    }).onDelete("set null"),
    check("menu_item_view_reachable", sql`${t.viewAudience} in ('', ${t.audience})`),
    check("menu_item_view_whole", sql`num_nulls(${t.viewAudience}, ${t.viewId}) in (0, 2)`),
    check("menu_item_one_target", sql`num_nonnulls(${t.viewId}, ${t.url}) <= 1`),
  ],
);

/** The pages that a member visited last. */
export const trail = pgTable(
  "trail",
  {
    id: id(),
    organizationId: text("organization_id").notNull(),
    userId: text("user_id").notNull(),
    sessionId: text("session_id").notNull(),
    viewAudience: text("view_space"),
    viewId: uuid("view_id"),
    url: text("url").notNull(),
    label: text("label"),
    at: instant("at").notNull(),
  },
  (t) => [
    ...bounded("trail", t, { url: 2048 }),
    index("trail_member_idx").on(t.organizationId, t.userId, t.at, t.id),
    index("trail_at_idx").on(t.at),
    index("trail_view_idx").on(t.viewAudience, t.viewId),
    foreignKey({
      columns: [t.organizationId, t.userId],
      foreignColumns: [member.organizationId, member.userId],
      name: "trail_member_fk",
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.viewAudience, t.viewId],
      foreignColumns: [view.audience, view.id],
      name: "trail_view_fk",
    }).onDelete("set null"),
    check("trail_view_reachable", sql`${t.viewAudience} in ('', ${t.organizationId})`),
    check("trail_view_whole", sql`num_nulls(${t.viewAudience}, ${t.viewId}) in (0, 2)`),
  ],
);

const { audience: _audience, ...viewColumns } = getTableColumns(view);
const { audience: _itemAudience, viewAudience: _viewAudience, ...menuItemColumns } = getTableColumns(menuItem);

export { menuItemColumns, viewColumns };
