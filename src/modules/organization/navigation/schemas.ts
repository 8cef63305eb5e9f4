import { z } from "zod";
import { pageQuery } from "../../../core/page.ts";
import { list, text, timestamp } from "../../../http/schemas.ts";

/** What an organization's routes of navigation stand under in the reference. */
export const tag = { name: "Navigation", description: "Menus, views, and where one has been." };

/** Where an application goes: a path of its own, or an http(s) URL. Nothing that a browser would run. */
export const link = z
  .string()
  .max(2048)
  .regex(/^(\/(?![/\\])[^\s\\]*|https?:\/\/[^\s\\]+)$/, "must be a path such as /projects, or an http(s) URL")
  .meta({ example: "/projects" });

const key = z
  .string()
  .max(80)
  .regex(/^[a-z0-9]+([._-][a-z0-9]+)*$/, "must be of a-z and 0-9, with single dots, hyphens or underscores between")
  .meta({ description: "What the application knows it by" });
const label = text(120);
const icon = text(80).nullable().meta({ description: "A name that the application knows" });
const permission = z.string().max(100).nullable().meta({
  description: "Who sees it; everybody where it is null",
  example: "project:read",
});
const shared = z.boolean().meta({ description: "Whether it is everybody's, and not this organization's" });

export const View = z
  .object({
    id: z.string(),
    shared,
    key: z.string().meta({ description: "What the application knows it by" }),
    name: z.string(),
    category: z.string().nullable(),
    url: z.string(),
    icon: z.string().nullable(),
    permission: z.string().nullable().meta({ description: "Who sees it; everybody where it is null" }),
    createdAt: timestamp(),
    updatedAt: timestamp(),
  })
  .meta({ id: "View" });
export const ViewList = list(View, "ViewList");

const view = { key, name: label, category: text(80).nullable(), url: link, icon, permission };
export const NewView = z
  .object(view)
  .partial({ category: true, icon: true, permission: true })
  .meta({ id: "NewView", example: { key: "reports", name: "Reports", url: "/reports" } });
export const ViewChanges = z
  .object(view)
  .partial()
  .meta({ id: "ViewChanges", example: { name: "Reports" } });

export const MenuItem = z
  .object({
    id: z.string(),
    shared,
    parentId: z.string().nullable().meta({ description: "Null at the top" }),
    position: z.int().meta({ description: "Ascending among its siblings" }),
    label: z.string(),
    icon: z.string().nullable(),
    viewId: z.string().nullable().meta({ description: "The view that it leads to" }),
    url: z.string().nullable().meta({ description: "Where it leads to without a view" }),
    entryPoint: z.boolean().meta({ description: "Whether an application starts here" }),
    createdAt: timestamp(),
    updatedAt: timestamp(),
  })
  .meta({ id: "MenuItem" });
export const MenuItemList = list(MenuItem, "MenuItemList");

const menuItem = {
  label,
  parentId: z.uuid().nullable().meta({ description: "An item of the same menu; null at the top" }),
  position: z.int().meta({ description: "Ascending among its siblings" }),
  icon,
  viewId: z.uuid().nullable().meta({ description: "The view that it leads to; takes the place of `url`" }),
  url: link.nullable().meta({ description: "Where it leads to; takes the place of `viewId`" }),
  entryPoint: z.boolean().meta({ description: "Whether an application starts here; one item of a menu at most" }),
};
export const NewMenuItem = z
  .object(menuItem)
  .partial()
  .required({ label: true })
  .meta({ id: "NewMenuItem", example: { label: "Reports", url: "/reports" } });
export const MenuItemChanges = z
  .object(menuItem)
  .partial()
  .meta({ id: "MenuItemChanges", example: { label: "Reports" } });

export const PageQuery = z.object(pageQuery);

export type NavigationItem = {
  id: string;
  label: string;
  icon: string | null;
  url: string | null;
  view: { key: string; name: string; category: string | null } | null;
  children: NavigationItem[];
};

/** An item with what stands below it. */
export const NavigationItem: z.ZodType<NavigationItem, NavigationItem> = z
  .object({
    id: z.string(),
    label: z.string(),
    icon: z.string().nullable(),
    url: z.string().nullable().meta({ description: "Null for a heading" }),
    view: z.object({ key: z.string(), name: z.string(), category: z.string().nullable() }).nullable(),
    get children() {
      return z.array(NavigationItem);
    },
  })
  .meta({ id: "NavigationItem" });

export const Navigation = z
  .object({
    items: z.array(NavigationItem),
    entryPoint: z
      .object({ id: z.string(), url: z.string() })
      .nullable()
      .meta({ description: "Where an application starts; null where nothing leads anywhere" }),
  })
  .meta({ id: "Navigation" });

export const TrailEntry = z
  .object({
    id: z.string(),
    url: z.string(),
    label: z.string().nullable(),
    viewId: z.string().nullable(),
    at: timestamp(),
  })
  .meta({ id: "TrailEntry" });
export const Trail = z.object({ data: z.array(TrailEntry) }).meta({ id: "Trail" });
export const NewTrailEntry = z
  .object({ url: link, label, viewId: z.uuid() })
  .partial()
  .meta({ id: "NewTrailEntry", example: { url: "/reports" }, description: "Either `viewId` or `url`" });
export const TrailQuery = z.object({
  session: z.enum(["current"]).optional().meta({ description: "Only what was visited in this session" }),
});
