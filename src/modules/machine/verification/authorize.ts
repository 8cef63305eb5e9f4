import { z } from "zod";
import type { Catalogue, Permission } from "../../../core/access/permission.ts";
import type { Verified } from "../../../core/principal.ts";
import type { OrganizationScope } from "../../../core/scope.ts";
import type { Module, OwnersById } from "../../../http/module.ts";

const permission = z.string().min(1).max(128).meta({ example: "task:update" });

/** @param types the types of resources that modules have. */
export function authorizationRequest(types: readonly string[]) {
  const resource = z
    .object({ type: z.enum(types), id: z.string().max(64) })
    .meta({ id: "AuthorizedResource", description: "What it is to be done to" });
  const check = z.object({ permission, resource: resource.optional() }).meta({ id: "AuthorizationCheck" });
  return z
    .object({
      permission: permission.optional(),
      resource: resource.optional(),
      checks: z.array(check).min(1).max(100).optional().meta({ description: "Several at once, in place of one" }),
      org: z
        .string()
        .max(64)
        .optional()
        .meta({ description: "An organization's id or slug; the active one, or the key's, where it isn't given" }),
      token: z
        .string()
        .min(1)
        .max(4096)
        .optional()
        .meta({ description: "Asks for its holder: a signed session token or an API key. For services only" }),
    })
    .refine(({ permission, checks }) => (permission === undefined) !== (checks === undefined), {
      path: ["permission"],
      error: "name one permission, or several checks",
    })
    .meta({ id: "AuthorizationRequest", example: { permission: "member:read" } });
}

const reasons = [
  "granted",
  "own",
  "not_granted",
  "not_own",
  "resource_required",
  "not_entitled",
  "not_found",
  "no_organization",
  "two_factor_required",
  "unknown_permission",
  "invalid_token",
  "rate_limited",
  "quota_exceeded",
] as const;

export const Decision = z
  .object({
    allowed: z.boolean(),
    reason: z.enum(reasons).meta({
      description:
        "`own`: allowed since the resource is theirs. `resource_required`: held for one's own only, and no resource was named",
    }),
  })
  .meta({ id: "AuthorizationDecision" });
export const Decisions = z
  .union([Decision, z.object({ results: z.array(Decision) }).meta({ id: "AuthorizationDecisions" })])
  .meta({ id: "Authorization" });

type Decision = z.infer<typeof Decision>;
type OwnersByType = ReadonlyMap<string, OwnersById>;

/** Whose own a resource is, by the types that modules declare. */
export const ownersByType = (modules: readonly Pick<Module, "owners">[]): OwnersByType =>
  new Map(modules.flatMap(({ owners = {} }) => Object.entries(owners)));
type Check = { permission: string; resource?: { type: string; id: string } | undefined };

const answer = (reason: Decision["reason"]): Decision => ({
  allowed: reason === "granted" || reason === "own",
  reason,
});

/** The same refusal to every question. */
export const refusedAll = (checks: readonly Check[], reason: Decision["reason"]): Decision[] =>
  checks.map(() => answer(reason));

/**
 * Decides what somebody may do. A resource that the organization doesn't have is nobody's to touch; whether it is there
 * is told only to who holds the permission.
 *
 * @param scope of the organization that they stand in; null where they stand in none.
 * @param types whose own a resource is, by its type.
 * @returns one decision for each check, in their order; one statement for each type that is asked about.
 */
export async function decide(
  catalogue: Catalogue,
  who: Verified,
  scope: OrganizationScope | null,
  checks: readonly Check[],
  types: OwnersByType,
): Promise<Decision[]> {
  const owners = await ownersOf(types, scope, checks);
  return checks.map(({ permission, resource }) => {
    const verdict = held(catalogue, who, permission as Permission);
    if (verdict !== "granted" && verdict !== "own") return answer(verdict);
    if (resource === undefined) return answer(verdict === "own" ? "resource_required" : "granted");
    const whose = owners.get(`${resource.type} ${resource.id}`);
    if (whose === undefined) return answer("not_found");
    if (verdict === "own") return answer(whose.includes(who.principal.id) ? "own" : "not_own");
    return answer("granted");
  });
}

/** How far somebody holds a permission, or why they don't. */
export function held(
  catalogue: Catalogue,
  { principal, organization }: Verified,
  permission: Permission,
): Decision["reason"] {
  if (!catalogue.permissions.has(permission)) return "unknown_permission";
  if (organization === null) {
    if (principal.type === "user") return "no_organization";
    return principal.permissions.has(permission) ? "granted" : "not_granted";
  }
  if (organization.lacksSecondFactor) return "two_factor_required";
  if (organization.permissions.has(permission)) return "granted";
  if (organization.own.has(permission)) return "own";
  return organization.unentitled.has(permission) ? "not_entitled" : "not_granted";
}

async function ownersOf(
  types: OwnersByType,
  scope: OrganizationScope | null,
  checks: readonly Check[],
): Promise<ReadonlyMap<string, readonly (string | null)[]>> {
  if (scope === null) return new Map();
  const idsOf = (type: string) => [
    ...new Set(checks.flatMap(({ resource }) => (resource?.type === type ? [resource.id] : []))),
  ];
  const found = await Promise.all(
    [...types].map(async ([type, byId]) => {
      const owners = await byId(scope, idsOf(type));
      return [...owners].map(([id, users]) => [`${type} ${id}`, users] as const);
    }),
  );
  return new Map(found.flat());
}
