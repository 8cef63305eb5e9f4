import { z } from "zod";
import { type Permission, splitRoles } from "../../../core/access/permission.ts";
import { pageQuery } from "../../../core/page.ts";
import { list, text, timestamp } from "../../../http/schemas.ts";

/** What the routes of roles stand under in the reference. */
export const tag = { name: "Roles", description: "Sets of permissions: built in, or an organization's own." };

const effect = z.enum(["allow", "deny"]).meta({ description: "A denial outweighs what any other role allows" });
const scope = z.enum(["organization", "own"]).meta({
  description: "`own`: only for what one made or is assigned, on operations that support it",
});
const permission = z
  .string()
  .max(128)
  .transform((name) => name as Permission)
  .meta({ example: "project:read" });

export const RoleName = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+([_-][a-z0-9]+)*$/, "must be of a-z, 0-9, and single - and _ between them")
  .refine((name) => name !== "me", { error: "must not be `me`" })
  .meta({ example: "support" });

/** The most roles that one member, or one invitation, can have. */
export const mostRoles = 10;

/** One role or several, as better-auth's own routes take them: a name, names separated by commas, or a list. */
export const RoleInput = z
  .union([z.string().max(400), z.array(z.string().max(80)).max(mostRoles)])
  .transform((given) => [...new Set([given].flat().flatMap(splitRoles))])
  .refine((roles) => roles.length > 0, { error: "must name a role" })
  .refine((roles) => roles.length <= mostRoles, { error: `must name at most ${mostRoles} roles` })
  .meta({
    description:
      "One role, or several, built-in or the organization's own: a member's permissions are all that their roles grant and none of them denies",
    example: "member",
  });

/** A role's entry for one permission. */
export const RoleEntry = z
  .object({
    permission: z.string().meta({ description: "As `resource:action`", example: "project:read" }),
    effect,
    scope,
    locked: z.boolean().meta({ description: "Set by the platform: the organization can't change it" }),
  })
  .meta({ id: "RoleEntry" });
export type RoleEntry = z.infer<typeof RoleEntry>;

/** An entry, or that the role has none for the permission. */
export const RoleEntryState = RoleEntry.extend({
  effect: z.enum(["allow", "deny", "inherit"]).meta({ description: "`inherit`: the role has no entry for it" }),
}).meta({ id: "RoleEntryState" });

export const NewRoleEntry = z
  .object({ permission, effect: effect.default("allow"), scope: scope.default("organization") })
  .meta({ id: "NewRoleEntry" });

const entries = z.array(NewRoleEntry).max(500);

export const RoleEntries = z.object({ role: z.string(), permissions: z.array(RoleEntry) }).meta({ id: "RoleEntries" });
export type RoleEntries = z.infer<typeof RoleEntries>;
export const NewRoleEntries = z
  .object({ permissions: entries })
  .meta({ id: "NewRoleEntries", example: { permissions: [{ permission: "member:read" }] } });
export const RoleEntryChange = z
  .object({
    effect: z.enum(["allow", "deny", "inherit"]).meta({ description: "`inherit` removes the entry" }),
    scope: scope.default("organization"),
  })
  .meta({ id: "RoleEntryChange", example: { effect: "allow" } });

export const Role = z
  .object({
    id: z.string().nullable().meta({ description: "Null for a built-in role" }),
    name: z.string(),
    description: z.string().nullable(),
    builtIn: z.boolean().meta({ description: "The same in every organization, and not to be changed" }),
    permissions: z.array(RoleEntry),
    createdAt: timestamp().nullable(),
    updatedAt: timestamp().nullable(),
  })
  .meta({ id: "Role" });
export type Role = z.infer<typeof Role>;
export const RoleList = list(Role, "RoleList");

export const NewRole = z
  .object({ name: RoleName, description: text(400, 0).nullish(), permissions: entries.optional() })
  .meta({ id: "NewRole", example: { name: "reviewer", permissions: [{ permission: "member:read" }] } });
export const RoleChanges = z
  .object({ name: RoleName.optional(), description: text(400, 0).nullish() })
  .meta({ id: "RoleChanges", example: { description: "Reads what others write" } });

export const RoleQuery = z.object({
  ...pageQuery,
  q: z.string().trim().max(60).optional().meta({ description: "A part of the name" }),
});
