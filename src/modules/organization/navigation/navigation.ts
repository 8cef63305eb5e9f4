import { and, eq, inArray } from "drizzle-orm";
import type { Permission } from "../../../core/access/permission.ts";
import type { OrganizationAccess } from "../../../core/principal.ts";
import type { OrganizationScope } from "../../../core/scope.ts";
import type { Module, NavigationEntry } from "../../../http/module.ts";
import { etag } from "../../../core/version.ts";
import { Navigation, type NavigationItem as Item } from "./schemas.ts";
import { menuItem, view } from "./table.ts";

/** A visible item, before sorting. Of several entry points the one with the lowest `weight` is chosen. */
type Place = { item: Item; position: number; weight: number };

/** The modules with the navigation that they declare. */
export type Declared = readonly Pick<Module, "name" | "navigation">[];

/**
 * The navigation tree of one caller: what modules declare, the shared items, and the organization's own. An item whose
 * permission the caller lacks is left out with everything below it, and so is a heading without items.
 *
 * @returns the tree, and its version, which changes with the tree and with the caller's permissions.
 */
export async function navigationFor(scope: OrganizationScope, access: OrganizationAccess, modules: Declared) {
  const rows = await scope.db
    .select({ item: menuItem, view })
    .from(menuItem)
    .leftJoin(view, and(eq(view.audience, menuItem.viewAudience), eq(view.id, menuItem.viewId)))
    .where(inArray(menuItem.audience, ["", scope.organizationId]))
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
  const tree = Navigation.parse({ items, entryPoint: firstTarget([...chosen, ...items]) });
  const version = etag([tree, [...access.permissions].toSorted(), [...access.own].toSorted()]);
  return { tree, version };
}

const itemsOf = (places: Place[]): Item[] => places.toSorted((a, b) => a.position - b.position).map(({ item }) => item);

/** The first item with a URL, depth first. */
function firstTarget(items: readonly Item[]): { id: string; url: string } | null {
  for (const { id, url, children } of items) {
    const target = url === null ? firstTarget(children) : { id, url };
    if (target !== null) return target;
  }
  return null;
}

/**
 * Checks the navigation that modules declare, when the service starts.
 *
 * @throws for a repeated key, an unknown permission, or an unguarded entry of a module that isn't standard.
 */
export function refuseBadNavigation(
  modules: readonly Pick<Module, "name" | "navigation" | "tier">[],
  permissions: ReadonlyMap<Permission, string>,
): void {
  for (const { name, navigation, tier = "standard" } of modules) {
    const seen = new Set<string>();
    const check = (entries: readonly NavigationEntry[], guarded: boolean): void => {
      for (const { key, permission, children = [] } of entries) {
        const where = `module ${name}'s navigation ${key}`;
        if (seen.has(key)) throw new Error(`${where} is declared twice`);
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
