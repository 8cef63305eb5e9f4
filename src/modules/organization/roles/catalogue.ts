import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Catalogue } from "../../../core/access/permission.ts";
import type { OrganizationScope } from "../../../core/scope.ts";
import type { Module } from "../../../http/module.ts";

export const CataloguedPermission = z
  .object({
    permission: z.string(),
    module: z.string().meta({ description: "The module that it belongs to" }),
    tier: z.enum(["standard", "optional", "premium"]),
    own: z.boolean().meta({ description: "Whether a role can limit it to what somebody made or is assigned" }),
    granted: z.boolean().meta({ description: "Whether the organization may use the module" }),
  })
  .meta({ id: "CataloguedPermission" });
export type CataloguedPermission = z.infer<typeof CataloguedPermission>;
export const PermissionList = z.object({ data: z.array(CataloguedPermission) }).meta({ id: "PermissionList" });

/** Every permission that there is, in the order of the alphabet. */
export async function listPermissions(
  scope: OrganizationScope,
  catalogue: Catalogue,
  modules: readonly Pick<Module, "owners">[],
) {
  const owned = new Set(modules.flatMap(({ owners = {} }) => Object.keys(owners)));
  // Written by hand, since a module's verbs don't reach into another module's table.
  const rows = await scope.db
    .select({ module: sql<string>`module` })
    .from(sql`"entitlement"`)
    .where(sql`organization_id = ${scope.organizationId}`);
  const granted = new Set(rows.map(({ module }) => module));
  const data = [...catalogue.permissions].map(([permission, module]) => {
    const tier = catalogue.modules.get(module) ?? "standard";
    const own = owned.has(permission.split(":")[0] ?? "");
    return { permission, module, tier, own, granted: tier === "standard" || granted.has(module) };
  });
  return { data: data.toSorted((a, b) => (a.permission < b.permission ? -1 : 1)) };
}
