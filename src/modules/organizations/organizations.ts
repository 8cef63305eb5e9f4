import { eq } from "drizzle-orm";
import { z } from "zod";
import { organization } from "../../auth/tables.ts";
import { notFound, problem } from "../../core/problem.ts";
import type { Change, OrganizationScope } from "../../core/scope.ts";
import type { ReadDb, Tx } from "../../db/client.ts";
import { isUniqueViolation } from "../../db/errors.ts";
import { checkMatch } from "../../http/router.ts";
import { text, timestamp } from "../../http/schemas.ts";
import { type Giver, grantable, refuseUnknownRole } from "../members/index.ts";
import { mergeSettings, Settings, SettingsChanges } from "./settings.ts";
import { Slug } from "./slug.ts";
import { organizationSetting } from "./table.ts";

export const SlugTaken = problem("organization_slug_taken", 409, "Organization slug is already taken");

export const Organization = z
  .object({
    id: z.string(),
    name: z.string(),
    slug: z.string(),
    logo: z.string().nullable(),
    defaultRole: z.string().meta({ description: "The role of who is invited without one", example: "member" }),
    settings: Settings,
    createdAt: timestamp(),
  })
  .meta({ id: "Organization" });

export const OrganizationChanges = z
  .object({
    name: text(120).optional(),
    slug: Slug.optional(),
    logo: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .nullish(),
    defaultRole: text(60).optional().meta({ description: "A role of the organization, none above your own" }),
    settings: SettingsChanges.optional(),
  })
  .meta({ id: "OrganizationChanges" });

const columns = {
  id: organization.id,
  name: organization.name,
  slug: organization.slug,
  logo: organization.logo,
  defaultRole: organization.defaultRole,
  settings: organizationSetting.settings,
  createdAt: organization.createdAt,
};

export type OrganizationRow = Awaited<ReturnType<typeof getOrganization>>;

export async function getOrganization(scope: OrganizationScope) {
  const [row] = await find(scope.db, scope);
  if (!row) throw notFound();
  return { ...row, settings: row.settings ?? {} };
}

/**
 * @param by who changes it.
 * @throws 403 for a default role above `by`'s own, 409 for a slug that is taken, 412 when `ifMatch` is another version,
 * 422 for more settings than fit and for a default role that isn't there.
 */
export function updateOrganization(
  scope: OrganizationScope,
  by: Giver,
  input: z.infer<typeof OrganizationChanges>,
  ifMatch: string | undefined,
): Promise<OrganizationRow> {
  const work = scope.mutate("organization.updated", async (tx) => {
    const before = await locked(tx, scope);
    checkMatch(ifMatch, Organization, before);
    const { settings, name = before.name, slug = before.slug, logo = before.logo } = input;
    const { defaultRole = before.defaultRole } = input;
    if (defaultRole !== before.defaultRole) await grantable(tx, scope, by, [defaultRole], "defaultRole");
    const changes = { name, slug, logo, defaultRole };
    const after = { ...before, ...changes, settings: mergeSettings(before.settings, settings ?? {}) };
    await tx.update(organization).set(changes).where(eq(organization.id, scope.organizationId));
    if (settings) await keepSettings(tx, scope, after.settings);
    return changed(before, after);
  });
  return refuseTakenSlug(refuseUnknownRole(work, "defaultRole"));
}

/** Ends an organization with all that is its own; what happened in it stays on record. @throws 412. */
export function deleteOrganization(scope: OrganizationScope, ifMatch: string | undefined): Promise<OrganizationRow> {
  return scope.mutate("organization.deleted", async (tx) => {
    const before = await locked(tx, scope);
    checkMatch(ifMatch, Organization, before);
    await tx.delete(organization).where(eq(organization.id, scope.organizationId));
    return { ...changed(before, null), result: before };
  });
}

/** @throws 409, naming the field, when the slug belongs to another organization. */
export async function refuseTakenSlug<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (err) {
    if (!isTakenSlug(err)) throw err;
    throw SlugTaken("Another organization has this slug.", {
      errors: [{ path: "slug", message: "is taken" }],
      cause: err,
    });
  }
}

export const isTakenSlug = (err: unknown): boolean => isUniqueViolation(err, "organization_slug_unique");

const find = (db: ReadDb, scope: OrganizationScope) =>
  db
    .select(columns)
    .from(organization)
    .leftJoin(organizationSetting, eq(organizationSetting.organizationId, organization.id))
    .where(eq(organization.id, scope.organizationId));

async function locked(tx: ReadDb, scope: OrganizationScope): Promise<OrganizationRow> {
  const [row] = await find(tx, scope).for("update", { of: organization });
  if (!row) throw notFound();
  return { ...row, settings: row.settings ?? {} };
}

async function keepSettings(tx: Tx, scope: OrganizationScope, settings: OrganizationRow["settings"]): Promise<void> {
  const values = { settings, updatedAt: scope.now() };
  await tx
    .insert(organizationSetting)
    .values({ organizationId: scope.organizationId, ...values })
    .onConflictDoUpdate({ target: organizationSetting.organizationId, set: values });
}

/** The change with each setting as a field of its own, so that the event names those that moved and hides secrets. */
function changed<After extends OrganizationRow | null>(before: OrganizationRow, after: After): Change<After> {
  const flat = (row: OrganizationRow) => {
    const { settings, ...fields } = row;
    const entries = Object.entries(settings).map(([name, value]) => [`settings.${name}`, value] as const);
    return { ...fields, ...Object.fromEntries(entries) };
  };
  return { entityId: before.id, before: flat(before), after: after && flat(after), result: after };
}
