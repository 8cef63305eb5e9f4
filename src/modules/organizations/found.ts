import { z } from "zod";
import { organization } from "../../auth/tables.ts";
import { created, type OrganizationScope } from "../../core/scope.ts";
import { text } from "../../http/schemas.ts";
import { addMember, type Joining } from "../members/index.ts";
import { isTakenSlug, type OrganizationRow, refuseTakenSlug } from "./organizations.ts";
import { provisionOrganization } from "./provision.ts";
import { Slug, slugsFor } from "./slug.ts";

export const NewOrganization = z
  .object({
    name: text(120),
    slug: Slug.optional().meta({ description: "Made from the name where it isn't given" }),
  })
  .meta({ id: "NewOrganization" });

type Founder = Omit<Joining, "actor"> & { userId: string; trialDays: number };

/**
 * Makes an organization with its owner, settings and trial, all or nothing.
 *
 * @param scope the new organization's, under its new id.
 * @param by the founder, who becomes its owner, and the days of trial that it gets.
 * @throws 409 when the slug that was asked for is taken.
 */
export async function createOrganization(
  scope: OrganizationScope,
  input: z.infer<typeof NewOrganization>,
  by: Founder,
): Promise<OrganizationRow> {
  if (input.slug !== undefined) return refuseTakenSlug(found(scope, input.name, input.slug, by));
  const slugs = slugsFor(input.name, scope.organizationId);
  for (const slug of slugs.slice(0, -1)) {
    try {
      return await found(scope, input.name, slug, by);
    } catch (err) {
      if (!isTakenSlug(err)) throw err;
    }
  }
  return refuseTakenSlug(found(scope, input.name, slugs.at(-1) ?? scope.organizationId, by));
}

function found(scope: OrganizationScope, name: string, slug: string, by: Founder): Promise<OrganizationRow> {
  const { actor, organizationId } = scope;
  const createdAt = scope.now();
  return scope.mutate("organization.created", async (tx) => {
    const row = { id: organizationId, name, slug, logo: null, defaultRole: "member", createdAt };
    await tx.insert(organization).values(row);
    await addMember(tx, { organizationId, userId: by.userId, role: "owner", createdAt }, { ...by, actor });
    await provisionOrganization(scope.now, by.trialDays)(tx, organizationId);
    return { ...created(row), result: { ...row, settings: {} } };
  });
}
