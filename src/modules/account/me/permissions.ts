import { z } from "zod";
import { explain } from "../../../core/access/explain.ts";
import type { Catalogue, Permission } from "../../../core/access/permission.ts";
import type { OrganizationAccess } from "../../../core/principal.ts";
import { invalidField, notFound } from "../../../core/problem.ts";
import { sortedPermissions } from "../../../core/access/sorted.ts";
import type { StandingReader } from "../../../verify/load/effective.ts";

const Explanation = z
  .object({
    permission: z.string(),
    allowed: z.boolean(),
    reach: z.enum(["organization", "own"]).nullable().meta({ description: "How far; null where it isn't allowed" }),
    reason: z.enum(["granted", "own_only", "denied", "not_granted", "not_entitled"]).meta({
      description:
        "`denied`: by an entry of one of the roles. `not_granted`: by none of them. `not_entitled`: the organization doesn't have the module",
    }),
    module: z
      .object({ name: z.string(), tier: z.enum(["standard", "optional", "premium"]), granted: z.boolean() })
      .meta({ description: "The module that it belongs to, and whether the organization may use it" }),
    entries: z
      .array(
        z.object({
          role: z.string(),
          source: z.enum(["builtIn", "permission", "rules"]).meta({ description: "Where the role says so" }),
          effect: z.enum(["allow", "deny"]),
          scope: z.enum(["organization", "own"]),
          locked: z.boolean(),
        }),
      )
      .meta({ description: "Each entry of the roles for this permission; roles without one are left out" }),
    grantedBy: z.array(z.string()).meta({ description: "Which of the roles allow it" }),
    grantedTo: z.array(z.string()).meta({ description: "Every built-in role that grants it" }),
  })
  .meta({ id: "PermissionExplanation" });

export const Effective = z
  .object({
    organization: z.object({ id: z.string(), slug: z.string() }),
    role: z.string().nullable().meta({ description: "Several are separated by commas" }),
    permissions: z.array(z.string()).meta({ description: "Held on the whole organization" }),
    own: z.array(z.string()).meta({ description: "Held for what is your own only" }),
    explain: Explanation.optional(),
  })
  .meta({ id: "EffectivePermissions" });

export type EffectivePermissions = z.infer<typeof Effective>;

export const ExplainQuery = z.object({
  explain: z.string().max(128).optional().meta({ description: "A permission to explain", example: "project:update" }),
});

export const EffectiveQuery = z.object({
  org: z.string().optional().meta({ description: "An organization's id or slug; the active one where it isn't given" }),
  ...ExplainQuery.shape,
});

export type Ports = { catalogue: Catalogue; standing: StandingReader };

/**
 * What a person may do in an organization and, for a named permission, how that was decided.
 *
 * @param access their roles and permissions there, as the request was verified.
 * @throws 404 for a person who has just left it, 422 for an unknown permission.
 */
export async function effectivePermissions(
  { catalogue, standing }: Ports,
  userId: string,
  access: OrganizationAccess,
  permission: string | undefined,
): Promise<z.input<typeof Effective>> {
  if (permission !== undefined) return memberPermissions({ catalogue, standing }, userId, access, permission);
  const { id, slug, role, permissions, own } = access;
  return {
    organization: { id, slug },
    role,
    permissions: sortedPermissions(permissions),
    own: sortedPermissions(own),
  };
}

/**
 * The same of any member, read from the database, so that the explanation and the permissions beside it are of one
 * moment.
 *
 * @throws 404 for a person who isn't a member, 422 for an unknown permission.
 */
export async function memberPermissions(
  { catalogue, standing }: Ports,
  userId: string,
  { id, slug }: Pick<OrganizationAccess, "id" | "slug">,
  permission: string | undefined,
): Promise<z.input<typeof Effective>> {
  const now = await standing(userId, id, null);
  if (now === null) throw notFound();
  const held = {
    organization: { id, slug },
    role: now.role,
    permissions: sortedPermissions(now.permissions),
    own: sortedPermissions(now.own),
  };
  if (permission === undefined) return held;
  const explained = explain(catalogue, now.role, now.stored, now.granted, permission as Permission);
  if (explained === undefined) throw invalidField("explain", "is no permission");
  const granting = [...catalogue.roles].filter(([, granted]) => granted.has(permission as Permission));
  return {
    ...held,
    explain: {
      ...explained,
      grantedBy: explained.entries.filter(({ effect }) => effect === "allow").map((entry) => entry.role),
      grantedTo: granting.map(([name]) => name),
    },
  };
}
