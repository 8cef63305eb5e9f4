import { z } from "zod";
import { likePattern, listPage, pageQuery } from "../../../core/page.ts";
import type { OrganizationAccess, UserPrincipal } from "../../../core/principal.ts";
import type { Scope } from "../../../core/scope.ts";
import type { Directory } from "../../../directory/directory.ts";
import { Impersonating } from "../../../http/access/caller.ts";
import { Identity, identityOf } from "../../../http/identity.ts";
import { list, pictureUrl, text, timestamp } from "../../../http/schemas.ts";

export const Membership = z
  .object({
    id: z.string(),
    slug: z.string().meta({ description: "Its name in URLs" }),
    name: z.string(),
    logo: z.string().nullable().meta({ description: "The URL of a picture" }),
    role: z.string().meta({ description: "One role, or several separated by commas", example: "admin" }),
    joinedAt: timestamp(),
  })
  .meta({ id: "Membership" });
export type Membership = z.infer<typeof Membership>;
export const MembershipList = list(Membership, "MembershipList");

export const OrganizationQuery = z.object({
  ...pageQuery,
  q: z.string().trim().max(200).optional().meta({ description: "A part of the name or the slug" }),
});

export const Me = Identity.extend({
  organizations: z
    .array(Membership)
    .optional()
    .meta({ description: "With `include=organizations`: the first 100; all are at /v1/me/organizations" }),
}).meta({ id: "Me" });
export type Me = z.infer<typeof Me>;
export const MeQuery = z.object({
  include: z.enum(["organizations"]).optional().meta({ description: "What comes along" }),
});
export const MeChanges = z
  .strictObject({
    name: text(120),
    image: pictureUrl().nullable(),
  })
  .partial()
  .meta({ id: "MeChanges", example: { name: "Ada Lovelace" } });

export const AccountDeletion = z
  .strictObject({ password: z.string().max(128).optional().meta({ description: "Needed where the account has one" }) })
  .meta({ id: "AccountDeletion", example: { password: "correct horse battery" } });

/** One page of the person's organizations, the first one that they joined first. */
export async function myOrganizations(
  scope: Scope,
  { listMemberships }: Pick<Directory, "listMemberships">,
  userId: string,
  query: z.infer<typeof OrganizationQuery>,
) {
  const { after, limit, cut } = listPage(scope.cursors, "me:organizations", query);
  const like = query.q ? likePattern(query.q) : undefined;
  const rows = await listMemberships(userId, { after: after?.[0] ?? null, limit, like });
  return cut(rows, ({ memberId }) => [memberId]);
}

/**
 * Changes the person's name or picture.
 *
 * @param access their active organization, which is part of what they read, and so of its version.
 * @throws 412.
 */
export async function updateMe(
  scope: Scope,
  { updateAccount }: Pick<Directory, "updateAccount">,
  principal: UserPrincipal,
  access: OrganizationAccess | null,
  changes: z.infer<typeof MeChanges>,
): Promise<z.input<typeof Me>> {
  const identity = (user: Pick<UserPrincipal, "name" | "image" | "email" | "emailVerified">) => {
    const { name, image, email, emailVerified } = user;
    return identityOf({ ...principal, name, image, email, emailVerified }, access);
  };
  const check = (before: Parameters<typeof identity>[0] & { id: string }) =>
    scope.hold({ id: before.id, ...identity(before) }, Me);
  return identity(await updateAccount(scope, principal.id, changes, check));
}

/**
 * Deletes the person's own account, with its sessions and memberships.
 *
 * @param request what carries the session, and says when the client has gone.
 * @returns the Set-Cookie values that end the session in the browser.
 * @throws 403 for a wrong password and an impersonated session, 409 for an only owner or administrator,
 * 412 for a named version: the account has none, 422 without the password, 429.
 */
export async function deleteMe(
  scope: Scope,
  { deleteAccount }: Pick<Directory, "deleteAccount">,
  userId: string,
  request: Pick<Request, "headers" | "signal">,
  password: string | undefined,
): Promise<string[]> {
  if (scope.actor.impersonatorId !== null)
    throw Impersonating("Nobody deletes another person's account as that person.");
  return deleteAccount(scope, userId, request, password, (before) => scope.hold({ id: before.id }, null));
}
