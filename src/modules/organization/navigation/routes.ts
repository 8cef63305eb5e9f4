import type { Catalogue } from "../../../core/access/permission.ts";
import {
  createMenuItem,
  deleteMenuItem,
  EntryPointTaken,
  getMenuItem,
  listMenuItems,
  MenuItemInUse,
  updateMenuItem,
} from "./menu-items.ts";
import {
  MenuItem,
  MenuItemChanges,
  MenuItemList,
  NewMenuItem,
  NewView,
  View,
  ViewChanges,
  ViewList,
} from "./schemas.ts";
import { sharedAndOwn } from "./shared-and-own.ts";
import { createView, deleteView, getView, listViews, updateView, ViewKeyTaken } from "./views.ts";

export const viewRoutes = ({ catalogue }: { catalogue: Catalogue }) =>
  sharedAndOwn({
    path: "/views",
    noun: "view",
    schemas: { Row: View, List: ViewList, New: NewView, Changes: ViewChanges },
    conflicts: { create: [ViewKeyTaken], update: [ViewKeyTaken], remove: [] },
    create: (scope, input) => createView(scope, catalogue, input),
    list: listViews,
    get: getView,
    update: (scope, id, input) => updateView(scope, catalogue, id, input),
    remove: deleteView,
  });

export const menuItemRoutes = () =>
  sharedAndOwn({
    path: "/menu-items",
    noun: "menu item",
    schemas: { Row: MenuItem, List: MenuItemList, New: NewMenuItem, Changes: MenuItemChanges },
    conflicts: { create: [EntryPointTaken], update: [EntryPointTaken], remove: [MenuItemInUse] },
    create: createMenuItem,
    list: listMenuItems,
    get: getMenuItem,
    update: updateMenuItem,
    remove: deleteMenuItem,
  });
