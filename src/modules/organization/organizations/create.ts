import { z } from "zod";
import { organization } from "../../../auth/tables/organization.ts";
import { problem } from "../../../core/problem.ts";
import { created, type OrganizationScope, type Refusals } from "../../../core/scope.ts";
import { isUniqueViolation } from "../../../db/errors.ts";
import { guard } from "../../../db/guards.ts";
import type { Tx } from "../../../db/types.ts";
import { text } from "../../../http/schemas.ts";
import { addMember, type AuditContext } from "../members/index.ts";
import { type OrganizationRow, slugTaken } from "./organizations.ts";
import { Slug, slugsFor } from "./slug.ts";

export const AccountRequired = problem("account_required", 403, "This takes an account");

const accountRequired = (cause: unknown) =>
  AccountRequired("Sign in or up first: your session goes on there.", { cause });

export const NewOrganization = z
  .object({
    name: text(120),
    slug: Slug.optional().meta({ description: "Made from the name where it isn't given" }),
  })
  .meta({ id: "NewOrganization", example: { name: "Acme", slug: "acme" } });

type Founder = Omit<AuditContext, "actor"> & {
  userId: string;
  provision: (tx: Tx, organizationId: string) => Promise<void>;
};

/**
 * Creates an organization with its owner, settings and trial, all or nothing.
 *
 * @param scope the new organization's, under its new id.
 * @param by the founder, who becomes its owner, and what makes the rows that every organization has.
 * @throws 403 for a founder without an account, 409 when the slug that was asked for is taken.
 */
export async function createOrganization(
  scope: OrganizationScope,
  input: z.infer<typeof NewOrganization>,
  by: Founder,
): Promise<OrganizationRow> {
  const slugs = input.slug === undefined ? slugsFor(input.name, scope.organizationId) : [input.slug];
  for (const slug of slugs.slice(0, -1)) {
    try {
      return await insertOrganization(scope, input.name, slug, by);
    } catch (err) {
      if (!isUniqueViolation(err, "organization_slug_unique")) throw err;
    }
  }
  const last = slugs.at(-1) ?? scope.organizationId;
  return insertOrganization(scope, input.name, last, by, { organization_slug_unique: slugTaken });
}

function insertOrganization(
  scope: OrganizationScope,
  name: string,
  slug: string,
  by: Founder,
  refusals: Refusals = {},
): Promise<OrganizationRow> {
  const { actor, organizationId } = scope;
  const createdAt = scope.now();
  return scope.mutate(
    "organization.created",
    async (tx) => {
      const row = { id: organizationId, name, slug, logo: null, defaultRole: "member", createdAt };
      await tx.insert(organization).values(row);
      await addMember(tx, { organizationId, userId: by.userId, role: "owner", createdAt }, { ...by, actor });
      await by.provision(tx, organizationId);
      const result = { ...row, settings: {}, twoFactorRequiredFrom: null, twoFactorGraceDays: 0 };
      return { ...created(row), result };
    },
    { ...refusals, [guard.noAccount]: accountRequired },
  );
}
