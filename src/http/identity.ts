import { z } from "zod";
import { sortedPermissions } from "../core/access/sorted.ts";
import type { OrganizationAccess, UserPrincipal } from "../core/principal.ts";
import { timestamp } from "./schemas.ts";

/** A person and their membership of an organization, as every route that identifies somebody shows them. */
export const Identity = z
  .object({
    active: z.literal(true).meta({ description: "The credential is good" }),
    principal: z.object({
      type: z.literal("user"),
      id: z.string(),
      email: z.string(),
      emailVerified: z.boolean(),
      isAnonymous: z.boolean().meta({ description: "Whether they have no account; their address is made up then" }),
      name: z.string(),
      image: z.string().nullable().meta({ description: "The URL of a picture" }),
      sessionId: z.string().meta({ description: "The session that the request came with" }),
      expiresAt: timestamp().meta({ description: "When the session ends, unless it is used" }),
    }),
    organization: z
      .object({
        id: z.string(),
        slug: z.string().meta({ description: "Its name in URLs" }),
        role: z.string().nullable().meta({ description: "Several are separated by commas; null for an API key" }),
        permissions: z.array(z.string()).meta({ description: "Held on the whole organization" }),
      })
      .nullable()
      .meta({ description: "The one that is asked about, else the active one; null where there is none" }),
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
