import { runWithTransaction } from "@better-auth/core/context";
import { APIError } from "better-auth/api";
import { notFound, problem } from "../core/problem.ts";
import { sqlState } from "../db/errors.ts";
import { LastAdministrator, LastOwner } from "./account.ts";
import { acting } from "./adapter.ts";
import type { Auth } from "./auth.ts";
import type { Circumstances } from "./sessions.ts";

export const AdministratorProtected = problem("administrator_protected", 403, "Nobody acts as an administrator");
export const UserBanned = problem("user_banned", 409, "The user is banned");

/**
 * Keeps a user out, and ends their sessions, all or nothing. By the adapter, since better-auth's route takes no instant
 * but a number of seconds from when it gets to it.
 *
 * @param ban.expires when it ends by itself; null for never.
 * @throws 409 for the last platform administrator.
 */
export const banUser = (
  auth: Auth,
  as: Circumstances,
  userId: string,
  ban: { reason: string | null; expires: Date | null; now: Date },
): Promise<void> =>
  change(auth, as, async (adapter) => {
    const { reason: banReason, expires: banExpires, now: updatedAt } = ban;
    await adapter.updateUser(userId, { banned: true, banReason, banExpires, updatedAt });
    await adapter.deleteUserSessions(userId);
  });

/** Lets a user in again. */
export const unbanUser = (auth: Auth, as: Circumstances, userId: string, updatedAt: Date): Promise<void> =>
  change(auth, as, async (adapter) => {
    await adapter.updateUser(userId, { banned: false, banReason: null, banExpires: null, updatedAt });
  });

/** Makes a user a platform administrator, or no longer. @throws 409 for the last one. */
export const setPlatformRole = (
  auth: Auth,
  as: Circumstances,
  userId: string,
  role: "admin" | "user",
  updatedAt: Date,
): Promise<void> =>
  change(auth, as, async (adapter) => {
    await adapter.updateUser(userId, { role, updatedAt });
  });

/** Deletes a user with their sessions and memberships, all or nothing. @throws 409 for a last owner or administrator. */
export const removeUser = (auth: Auth, as: Circumstances, userId: string): Promise<void> =>
  change(auth, as, async (adapter) => {
    await adapter.deleteUserSessions(userId);
    await adapter.deleteUser(userId);
  });

/**
 * Opens a session of somebody else's for an hour, in which every audit event names the administrator as well.
 *
 * @param headers the administrator's request, whose session is kept aside in a cookie.
 * @returns the headers that carry the session to the client, as better-auth gives them, and when it ends.
 * @throws 403 for an administrator, 404, 409 for who is banned.
 */
export async function impersonate(
  auth: Auth,
  as: Circumstances,
  userId: string,
  headers: Headers,
): Promise<{ headers: Headers; expiresAt: Date }> {
  try {
    const answer = await acting.run(as, () =>
      auth.api.impersonateUser({ headers, body: { userId }, returnHeaders: true }),
    );
    return { headers: answer.headers, expiresAt: answer.response.session.expiresAt };
  } catch (err) {
    const code = err instanceof APIError ? err.body?.code : undefined;
    if (code === "YOU_CANNOT_IMPERSONATE_ADMINS")
      throw AdministratorProtected("An administrator isn't impersonated, by nobody.");
    if (code === "BANNED_USER") throw UserBanned("Lift the ban first.");
    if (code === "USER_NOT_FOUND") throw notFound();
    throw err;
  }
}

type InternalAdapter = Awaited<Auth["$context"]>["internalAdapter"];

async function change(auth: Auth, as: Circumstances, write: (adapter: InternalAdapter) => Promise<void>) {
  const { adapter, internalAdapter } = await auth.$context;
  try {
    await acting.run(as, () => runWithTransaction(adapter as never, () => write(internalAdapter)));
  } catch (err) {
    if (sqlState(err) === "GH001")
      throw LastOwner("They are the only owner of an organization. Make someone else an owner, or delete it.");
    if (sqlState(err) === "GH006")
      throw LastAdministrator("They are the only platform administrator. Make someone else one first.");
    throw err;
  }
}
