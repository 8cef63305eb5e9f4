import { z } from "zod";
import { pageQuery } from "../../../core/page.ts";
import { instant, list, text, timestamp } from "../../../http/schemas.ts";

export const User = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    emailVerified: z.boolean(),
    isAnonymous: z.boolean().meta({ description: "Whether they have no account" }),
    image: z.string().nullable(),
    role: z.string().nullable().meta({ description: "`admin` for platform administrators" }),
    banned: z.boolean(),
    banReason: z.string().nullable(),
    banExpires: timestamp().nullable().meta({ description: "Null where a ban doesn't end" }),
    createdAt: timestamp(),
    updatedAt: timestamp(),
  })
  .meta({ id: "User" });
export type User = z.infer<typeof User>;
export const UserList = list(User, "UserList");

export const UserQuery = z.object({
  ...pageQuery,
  email: z.string().trim().min(1).max(320).optional().meta({ description: "The whole address, in any letter case" }),
  q: z.string().trim().min(1).max(120).optional().meta({ description: "A part of the name or address" }),
  banned: z.enum(["true", "false"]).optional().meta({ description: "Only those who are banned now, or who aren't" }),
  role: z.enum(["user", "admin"]).optional().meta({ description: "Only platform administrators, or all others" }),
  provider: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .meta({ description: "With `accountId`: who somebody is to this provider" }),
  accountId: z.string().min(1).max(255).optional().meta({ description: "Their id there, as the provider says it" }),
});

export const Ban = z
  .strictObject({
    reason: text(500).meta({ description: "What administrators see of it" }),
    expiresAt: instant().meta({ description: "When the ban ends; never where not given" }),
  })
  .partial()
  .meta({ id: "Ban", example: { reason: "Spam" } });

export const PlatformRole = z
  .strictObject({ role: z.enum(["user", "admin"]) })
  .meta({ id: "PlatformRole", example: { role: "user" } });

export const Impersonation = z
  .object({ user: User, expiresAt: timestamp() })
  .meta({ id: "Impersonation", description: "The session comes in Set-Cookie, and in set-auth-token" });
