import { and, eq, inArray } from "drizzle-orm";
import type { Permission } from "../../core/permission.ts";
import type { OrganizationAccess } from "../../core/principal.ts";
import type { OrganizationScope } from "../../core/scope.ts";
import type { Module, NavigationEntry } from "../../http/module.ts";
import { etag } from "../../http/router.ts";
import { Navigation, type NavigationItem as Item } from "./schemas.ts";
import { menuItem, view } from "./table.ts";

/** An item that may be seen, before it has its place. `weight` says whose entry point goes first. */
type Place = { item: Item; position: number; weight: number };

/** What modules declare; every module's permission is among those that are held or not. */
export type Declared = readonly Pick<Module, "name" | "navigation">[];

/**
 * The tree that somebody may see: what modules declare, what is everybody's, and the organization's own. What takes a
 * permission that isn't held, as when its module isn't granted, is left out with all below it; so is what leads nowhere.
 *
 * @returns with a version that changes with the tree and with what is held.
 */
export async function navigationFor(scope: OrganizationScope, access: OrganizationAccess, modules: Declared) {
  const rows = await scope.db
    .select({ item: menuItem, view })
    .from(menuItem)
    .leftJoin(view, and(eq(view.space, menuItem.viewSpace), eq(view.id, menuItem.viewId)))
    .where(inArray(menuItem.space, ["", scope.organizationId]))
    .orderBy(menuItem.position, menuItem.id);
  const holds = (permission: string | null | undefined) =>
    permission == null || access.permissions.has(permission as Permission) || access.own.has(permission as Permission);

  const below = Map.groupBy(
    rows.filter(({ view }) => holds(view?.permission)),
    ({ item }) => item.parentId,
  );
  const entryPoints: Place[] = [];
  const placesBelow = (parentId: string | null): Place[] =>
    (below.get(parentId) ?? []).flatMap(({ item: row, view }) => {
      const item: Item = {
        id: row.id,
        label: row.label,
        icon: row.icon ?? view?.icon ?? null,
        url: view?.url ?? row.url,
        view,
        children: itemsOf(placesBelow(row.id)),
      };
      return placed(item, row, row.organizationId === null ? 1 : 0);
    });
  const declared = (module: string, entries: readonly NavigationEntry[] = []): Place[] =>
    entries
      .filter(({ permission }) => holds(permission))
      .flatMap((entry) => {
        const { key, label, icon = null, url = null } = entry;
        const children = itemsOf(declared(module, entry.children));
        return placed({ id: `${module}.${key}`, label, icon, url, view: null, children }, entry, 2);
      });
  const placed = (item: Item, of: { position?: number; entryPoint?: boolean }, weight: number): Place[] => {
    if (item.url === null && item.children.length === 0) return [];
    const place = { item, position: of.position ?? 0, weight };
    if (of.entryPoint) entryPoints.push(place);
    return [place];
  };

  const items = itemsOf([
    ...modules.flatMap(({ name, navigation }) => declared(name, navigation)),
    ...placesBelow(null),
  ]);
  const chosen = entryPoints.toSorted((a, b) => a.weight - b.weight).map(({ item }) => item);
  const shown = Navigation.parse({ items, entryPoint: firstTarget([...chosen, ...items]) });
  const version = etag([shown, [...access.permissions].toSorted(), [...access.own].toSorted()]);
  return { shown, version };
}

const itemsOf = (places: Place[]): Item[] => places.toSorted((a, b) => a.position - b.position).map(({ item }) => item);

/** The first of these, or below these, that leads somewhere. */
function firstTarget(items: readonly Item[]): { id: string; url: string } | null {
  for (const { id, url, children } of items) {
    const target = url === null ? firstTarget(children) : { id, url };
    if (target !== null) return target;
  }
  return null;
}

/** @throws at start for a key said twice, a permission that isn't declared, or a place that its module wouldn't guard. */
export function refuseBadNavigation(modules: readonly Module[], permissions: ReadonlyMap<Permission, string>): void {
  for (const { name, navigation, tier = "standard" } of modules) {
    const seen = new Set<string>();
    const check = (entries: readonly NavigationEntry[], guarded: boolean): void => {
      for (const { key, permission, children = [] } of entries) {
        const where = `module ${name}'s navigation ${key}`;
        if (seen.has(key)) throw new Error(`${where} is there twice`);
        if (permission !== undefined && !permissions.has(permission))
          throw new Error(`${where} needs the permission ${permission}, which no module declares`);
        if (!guarded && permission === undefined)
          throw new Error(`${where} needs a permission: organizations without the module would see it`);
        seen.add(key);
        check(children, true);
      }
    };
    check(navigation ?? [], tier === "standard");
  }
}
