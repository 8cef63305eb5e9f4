import type { Page, Names } from "../../http/page.ts";
import { localeOf, text } from "../kit/languages.ts";

/** What most resources let people do with them, in the order in which it is shown. */
export const actions: Names = {
  read: text("See", "Ansehen"),
  create: text("Create", "Anlegen"),
  update: text("Change", "Ändern"),
  delete: text("Delete", "Löschen"),
};

/** What a permission lets people do, without the resource; its code where there are no words for it. */
export function permissionLabel({ site, say }: Page, permission: string): string {
  const action = permission.slice(permission.indexOf(":") + 1);
  const known = own(site.names, permission) ?? own(actions, action);
  return known === undefined ? permission : say(known);
}

/** The same with the resource: `Tasks: See`. */
export const wholeLabel = (page: Page, permission: string): string =>
  `${resourceLabel(page, resourceOf(permission))}: ${permissionLabel(page, permission)}`;

/** Permissions by what their resource is called, in the alphabet of the page's language; to see comes first. */
export function byResource<Row extends { permission: string }>(page: Page, rows: readonly Row[]): [string, Row[]][] {
  const groups = Map.groupBy(rows, ({ permission }) => resourceOf(permission));
  const locale = localeOf(page.language);
  return [...groups]
    .map(([resource, each]): [string, Row[]] => [
      resourceLabel(page, resource),
      each.toSorted((a, b) => rank(a.permission) - rank(b.permission)),
    ])
    .toSorted(([a], [b]) => a.localeCompare(b, locale));
}

function resourceLabel({ site, say }: Page, resource: string): string {
  const known = own(site.names, resource);
  return known === undefined ? resource : say(known);
}

/** Where a permission stands among those of its resource. */
function rank(permission: string): number {
  const at = Object.keys(actions).indexOf(permission.slice(permission.indexOf(":") + 1));
  return at === -1 ? Object.keys(actions).length : at;
}

const resourceOf = (permission: string): string => permission.slice(0, permission.indexOf(":"));

const own = (names: Names, name: string) => (Object.hasOwn(names, name) ? names[name] : undefined);
