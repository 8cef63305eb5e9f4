import { z } from "zod";
import { Identity } from "../../../http/identity.ts";
import { timestamp } from "../../../http/schemas.ts";

/** What the routes of verification stand under in the reference. */
export const tag = { name: "Verification", description: "Who a credential stands for, and whether they may." };

/** An API key and its organization. */
export const KeyIdentity = Identity.extend({
  principal: z.object({
    type: z.literal("apiKey"),
    id: z.string(),
    name: z.string(),
    start: z.string().meta({ description: "The key's first characters, to tell it by" }),
    expiresAt: timestamp().nullable(),
    remaining: z.int().nullable().meta({ description: "Uses left in all; null for no quota" }),
    rateLimit: z
      .object({ limit: z.int(), remaining: z.int(), resetAt: timestamp() })
      .nullable()
      .meta({ description: "Uses in this window; null without a limit" }),
  }),
});

/** Who a credential stands for: a person or an API key. */
export const Verification = z.union([Identity, KeyIdentity]).meta({ id: "Verification" });
