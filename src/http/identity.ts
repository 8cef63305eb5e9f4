import { z } from "zod";
import type { Permission } from "../core/permission.ts";
import type { OrganizationAccess, UserPrincipal } from "../core/principal.ts";
import { timestamp } from "./schemas.ts";

/** A principal and its standing in an organization, as every route that tells who somebody is shows them. */
export const Identity = z
  .object({
    active: z.literal(true),
    principal: z.object({
      type: z.literal("user"),
      id: z.string(),
      email: z.string(),
      emailVerified: z.boolean(),
      name: z.string(),
      image: z.string().nullable(),
      sessionId: z.string(),
      expiresAt: timestamp(),
    }),
    organization: z
      .object({ id: z.string(), slug: z.string(), role: z.string().nullable(), permissions: z.array(z.string()) })
      .nullable(),
  })
  .meta({ id: "Identity" });

/** What `Identity` shows of them. */
export const identityOf = (
  principal: UserPrincipal,
  organization: OrganizationAccess | null,
): z.input<typeof Identity> => ({
  active: true,
  principal,
  organization: organization && { ...organization, permissions: sorted(organization.permissions) },
});

// A role's set is one object for as long as the service runs; it is sorted once.
const known = new WeakMap<ReadonlySet<Permission>, Permission[]>();

/** Permissions in the order of the alphabet. */
export function sorted(permissions: ReadonlySet<Permission>): Permission[] {
  let list = known.get(permissions);
  if (!list) known.set(permissions, (list = [...permissions].toSorted()));
  return list;
}
