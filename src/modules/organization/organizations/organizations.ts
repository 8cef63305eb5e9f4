import { eq } from "drizzle-orm";
import { z } from "zod";
import { organization } from "../../../auth/tables/organization.ts";
import { notFound, problem } from "../../../core/problem.ts";
import type { Change, OrganizationScope } from "../../../core/scope.ts";
import type { ReadDb, Tx } from "../../../db/types.ts";
import { pictureUrl, text, timestamp } from "../../../http/schemas.ts";
import { grantableRoles, type RoleGrantor, unknownRole } from "../roles/index.ts";
import { changedRule, mergeSettings, Settings, SettingsChanges, shownSettings } from "./settings.ts";
import { Slug } from "./slug.ts";
import { organizationSetting } from "./table.ts";

export const SlugTaken = problem("organization_slug_taken", 409, "Organization slug is already taken");

export const Organization = z
  .object({
    id: z.string(),
    name: z.string(),
    slug: z.string().meta({ description: "Its name in URLs" }),
    logo: z.string().nullable().meta({ description: "The URL of a picture" }),
    defaultRole: z.string().meta({ description: "The role of people who are invited without one", example: "member" }),
    settings: Settings,
    twoFactorRequiredFrom: timestamp()
      .nullable()
      .meta({ description: "From when on members without a second factor get 403; null where none is required" }),
    createdAt: timestamp(),
  })
  .meta({ id: "Organization" });
export type Organization = z.infer<typeof Organization>;

export const OrganizationChanges = z
  .object({
    name: text(120).optional(),
    slug: Slug.optional(),
    logo: pictureUrl().nullish(),
    defaultRole: text(60).optional().meta({ description: "A role of the organization, none above your own" }),
    settings: SettingsChanges.optional(),
  })
  .meta({ id: "OrganizationChanges", example: { name: "Acme" } });

const columns = {
  id: organization.id,
  name: organization.name,
  slug: organization.slug,
  logo: organization.logo,
  defaultRole: organization.defaultRole,
  settings: organizationSetting.settings,
  twoFactorRequiredFrom: organization.twoFactorRequiredFrom,
  twoFactorGraceDays: organization.twoFactorGraceDays,
  createdAt: organization.createdAt,
};

export type OrganizationRow = Awaited<ReturnType<typeof getOrganization>>;

/** @throws 404. */
export async function getOrganization(scope: OrganizationScope) {
  const [row] = await find(scope.db, scope);
  if (!row) throw notFound();
  return { ...row, settings: shownSettings(row.settings, row) };
}

/** The 409 for another organization's slug. */
export const slugTaken = (cause: unknown) =>
  SlugTaken("Another organization has this slug.", { errors: [{ path: "slug", message: "is taken" }], cause });

/**
 * @throws 403 for a default role above `by`'s own, 404, 409 for a slug that is taken, 412, 422 for more settings than
 * fit and for a default role that doesn't exist.
 */
export function updateOrganization(
  scope: OrganizationScope,
  by: RoleGrantor,
  input: z.infer<typeof OrganizationChanges>,
): Promise<OrganizationRow> {
  return scope.mutate(
    "organization.updated",
    async (tx, hold) => {
      const before = hold(await lock(tx, scope), Organization);
      const { settings, name = before.name, slug = before.slug, logo = before.logo } = input;
      const { defaultRole = before.defaultRole } = input;
      if (defaultRole !== before.defaultRole) await grantableRoles(tx, scope, by, [defaultRole], "defaultRole");
      const rule = changedRule(before, settings ?? {}, scope.now());
      const changes = { name, slug, logo, defaultRole, ...rule };
      const own = mergeSettings(before.settings, settings ?? {});
      const after = { ...before, ...changes, settings: shownSettings(own, rule) };
      await tx.update(organization).set(changes).where(eq(organization.id, scope.organizationId));
      if (settings) await saveSettings(tx, scope, own);
      return organizationChange(before, after);
    },
    { organization_slug_unique: slugTaken, ...unknownRole("defaultRole") },
  );
}

/** Deletes an organization with all that belongs to it. Its audit events stay. @throws 404, 412. */
export function deleteOrganization(scope: OrganizationScope): Promise<OrganizationRow> {
  return scope.mutate("organization.deleted", async (tx, hold) => {
    const before = hold(await lock(tx, scope), Organization);
    await tx.delete(organization).where(eq(organization.id, scope.organizationId));
    return { ...organizationChange(before, null), result: before };
  });
}

const find = (db: ReadDb, scope: OrganizationScope) =>
  db
    .select(columns)
    .from(organization)
    .leftJoin(organizationSetting, eq(organizationSetting.organizationId, organization.id))
    .where(eq(organization.id, scope.organizationId));

async function lock(tx: ReadDb, scope: OrganizationScope): Promise<OrganizationRow> {
  const [row] = await find(tx, scope).for("update", { of: organization });
  if (!row) throw notFound();
  return { ...row, settings: shownSettings(row.settings, row) };
}

async function saveSettings(tx: Tx, scope: OrganizationScope, settings: OrganizationRow["settings"]): Promise<void> {
  const values = { settings, updatedAt: scope.now() };
  await tx
    .insert(organizationSetting)
    .values({ organizationId: scope.organizationId, ...values })
    .onConflictDoUpdate({ target: organizationSetting.organizationId, set: values });
}

/** A change whose event lists each setting as a field of its own: unchanged ones are left out, secrets redacted. */
function organizationChange<After extends OrganizationRow | null>(
  before: OrganizationRow,
  after: After,
): Change<After> {
  const flat = (row: OrganizationRow) => {
    // What follows from the settings stands there.
    const { settings, twoFactorRequiredFrom: _from, twoFactorGraceDays: _days, ...fields } = row;
    const entries = Object.entries(settings).map(([name, value]) => [`settings.${name}`, value] as const);
    return { ...fields, ...Object.fromEntries(entries) };
  };
  return { entityId: before.id, before: flat(before), after: after && flat(after), result: after };
}
