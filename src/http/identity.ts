import { z } from "zod";
import { sortedPermissions } from "../core/access/sorted.ts";
import type { OrganizationAccess, UserPrincipal } from "../core/principal.ts";
import { timestamp } from "./schemas.ts";

/** A person and their membership of an organization, as every route that identifies somebody shows them. */
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
  organization: organization && { ...organization, permissions: sortedPermissions(organization.permissions) },
});
