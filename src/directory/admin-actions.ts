import { APIError } from "better-auth/api";
import { notFound, problem } from "../core/problem.ts";
import { withAuthCall } from "../auth/store/auth-call.ts";
import type { Auth } from "../auth/options.ts";
import { changeUser, type Check } from "./change-user.ts";
import { refusedByGuard } from "./refusals.ts";
import type { Acting } from "./sessions.ts";

export const AdministratorProtected = problem("administrator_protected", 403, "Nobody acts as an administrator");
export const UserBanned = problem("user_banned", 409, "The user is banned");

type Ports = { auth: Auth };
type ChangeByAdmin = Parameters<typeof changeUser<void>>;

/**
 * Bans a user and ends their sessions, in one transaction. It uses better-auth's adapter, since better-auth's own route
 * takes a number of seconds instead of an instant.
 *
 * @param ban.expires when the ban ends; null for never.
 * @throws 404, 409 for the last platform administrator, and what `check` throws.
 */
export const banUser = (
  ports: Ports,
  as: Acting,
  userId: string,
  { reason: banReason, expires: banExpires }: { reason: string | null; expires: Date | null },
  check: Check,
): Promise<void> =>
  change(ports, as, userId, check, async (adapter) => {
    await adapter.updateUser(userId, { banned: true, banReason, banExpires, updatedAt: as.now() });
    await adapter.deleteUserSessions(userId);
  });

/** Ends a user's ban. @throws 404, and what `check` throws. */
export const unbanUser = (ports: Ports, as: Acting, userId: string, check: Check): Promise<void> =>
  change(ports, as, userId, check, async (adapter) => {
    await adapter.updateUser(userId, { banned: false, banReason: null, banExpires: null, updatedAt: as.now() });
  });

/** Gives a user the platform's role `admin` or takes it. @throws 404, 409 for the last one, and what `check` throws. */
export const setPlatformRole = (
  ports: Ports,
  as: Acting,
  userId: string,
  role: "admin" | "user",
  check: Check,
): Promise<void> =>
  change(ports, as, userId, check, async (adapter, before) => {
    if (before.role !== role) await adapter.updateUser(userId, { role, updatedAt: as.now() });
  });

/**
 * Deletes a user with their sessions and memberships, in one transaction.
 *
 * @throws 404, 409 for an organization's last owner and the last platform administrator, and what `check` throws.
 */
export const removeUser = (ports: Ports, as: Acting, userId: string, check: Check): Promise<void> =>
  change(ports, as, userId, check, async (adapter) => {
    await adapter.deleteUserSessions(userId);
    await adapter.deleteUser(userId);
  });

async function change(...of: ChangeByAdmin): Promise<void> {
  try {
    await changeUser(...of);
  } catch (err) {
    throw refusedByGuard(err, "They are") ?? err;
  }
}

/**
 * Opens a session as another user, for an hour. Its audit events name the administrator as well.
 *
 * @param headers the administrator's request. Their own session is kept in a second cookie.
 * @returns the headers that carry the session to the client, as better-auth makes them, and when it ends.
 * @throws 403 for an administrator, 404, 409 for a banned user.
 */
export async function impersonate(
  { auth }: Ports,
  as: Acting,
  userId: string,
  headers: Headers,
): Promise<{ headers: Headers; expiresAt: Date }> {
  try {
    const answer = await withAuthCall({ acting: as }, () =>
      auth.api.impersonateUser({ headers, body: { userId }, returnHeaders: true }),
    );
    return { headers: answer.headers, expiresAt: answer.response.session.expiresAt };
  } catch (err) {
    const code = err instanceof APIError ? err.body?.code : undefined;
    if (code === "YOU_CANNOT_IMPERSONATE_ADMINS")
      throw AdministratorProtected("Platform administrators can't be impersonated.");
    if (code === "BANNED_USER") throw UserBanned("End the user's ban first.");
    if (code === "USER_NOT_FOUND") throw notFound();
    throw err;
  }
}
