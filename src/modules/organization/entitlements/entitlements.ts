import { and, eq, inArray } from "drizzle-orm";
import { z } from "zod";
import { organization } from "../../../auth/tables/organization.ts";
import type { Catalogue } from "../../../core/access/permission.ts";
import { Invalid, notFound } from "../../../core/problem.ts";
import type { OrganizationScope } from "../../../core/scope.ts";
import type { ReadDb } from "../../../db/types.ts";
import { entitlement } from "./table.ts";

const tier = z.enum(["standard", "optional", "premium"]).meta({
  description: "Every organization has the standard ones; the others are granted",
});

export const ModuleList = z
  .object({
    data: z.array(
      z.object({ name: z.string(), tier, permissions: z.array(z.string()) }).meta({ id: "Module", title: "Module" }),
    ),
  })
  .meta({ id: "ModuleList" });

export const Entitlements = z
  .object({
    modules: z.array(
      z.object({
        name: z.string(),
        tier,
        granted: z.boolean().meta({ description: "Whether the organization may use it" }),
      }),
    ),
  })
  .meta({ id: "Entitlements" });
export type Entitlements = z.infer<typeof Entitlements>;

export const EntitlementChanges = z
  .object({
    modules: z
      .array(z.string().max(100))
      .max(500)
      .meta({ description: "Every module that the organization is to have; the standard ones may be left out" }),
  })
  .meta({ id: "EntitlementChanges", example: { modules: [] } });

/** The modules that can be granted: those with permissions of their own, or with a tier other than standard. */
export function modulesOf({ modules, permissions }: Catalogue): z.infer<typeof ModuleList> {
  const owned = Map.groupBy(permissions.keys(), (permission) => permissions.get(permission));
  const all = [...modules].map(([name, tier]) => ({ name, tier, permissions: owned.get(name) ?? [] }));
  return { data: all.filter(({ tier, permissions }) => tier !== "standard" || permissions.length > 0) };
}

/** Every module, and whether the organization has it. */
export const listEntitlements = async (scope: OrganizationScope, catalogue: Catalogue) =>
  toEntitlements(catalogue, await grantedTo(scope.db, scope));

/**
 * Grants the organization exactly these modules, all or nothing.
 *
 * @throws 404 for an organization that doesn't exist, 412, 422 for an unknown module.
 */
export function replaceEntitlements(
  scope: OrganizationScope,
  catalogue: Catalogue,
  { modules }: z.infer<typeof EntitlementChanges>,
) {
  const known = new Set(modulesOf(catalogue).data.map(({ name }) => name));
  const errors = modules.flatMap((name, at) =>
    known.has(name) ? [] : [{ path: `modules.${at}`, message: `there is no module ${JSON.stringify(name)}` }],
  );
  if (errors.length > 0) throw Invalid("Change the fields listed under errors.", { errors });
  const wanted = new Set(modules.filter((name) => catalogue.modules.get(name) !== "standard"));
  const { organizationId } = scope;
  return scope.mutate("entitlement.updated", async (tx, hold) => {
    // Concurrent grants wait for each other here, so that each audit event starts from the result of the one before.
    const [locked] = await tx
      .select({ id: organization.id })
      .from(organization)
      .where(eq(organization.id, organizationId))
      .for("no key update");
    if (!locked) throw notFound();
    const before = await grantedTo(tx, scope);
    hold({ id: organizationId, ...toEntitlements(catalogue, before) }, Entitlements);
    const [revoked, added] = [before.difference(wanted), wanted.difference(before)];
    const mine = eq(entitlement.organizationId, organizationId);
    if (revoked.size > 0) await tx.delete(entitlement).where(and(mine, inArray(entitlement.module, [...revoked])));
    const [grantedBy, createdAt] = [scope.userId, scope.now()];
    const rows = [...added].map((module) => ({ organizationId, module, grantedBy, createdAt }));
    if (rows.length > 0) await tx.insert(entitlement).values(rows);
    return {
      entityId: organizationId,
      before: { modules: [...before].toSorted() },
      after: { modules: [...wanted].toSorted() },
      result: toEntitlements(catalogue, wanted),
    };
  });
}

async function grantedTo(db: ReadDb, scope: OrganizationScope): Promise<Set<string>> {
  const rows = await db
    .select({ module: entitlement.module })
    .from(entitlement)
    .where(eq(entitlement.organizationId, scope.organizationId));
  return new Set(rows.map(({ module }) => module));
}

const toEntitlements = (catalogue: Catalogue, granted: ReadonlySet<string>): z.infer<typeof Entitlements> => ({
  modules: modulesOf(catalogue).data.map(({ name, tier }) => ({
    name,
    tier,
    granted: tier === "standard" || granted.has(name),
  })),
});
