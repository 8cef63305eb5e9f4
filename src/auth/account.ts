import { runWithTransaction } from "@better-auth/core/context";
import { APIError } from "better-auth/api";
import { Invalid, problem } from "../core/problem.ts";
import { sqlState } from "../db/errors.ts";
import { acting } from "./adapter.ts";
import type { Auth } from "./auth.ts";
import type { Circumstances } from "./sessions.ts";

export const WrongPassword = problem("wrong_password", 403, "The password is wrong");
export const StaleSession = problem("stale_session", 403, "Sign in again first");
export const LastOwner = problem("last_owner", 409, "An organization keeps at least one owner");
export const LastAdministrator = problem("last_administrator", 409, "The platform keeps at least one administrator");

/** Changes a person's own name and picture. */
export async function updateAccount(
  auth: Auth,
  as: Circumstances,
  userId: string,
  changes: { name: string; image: string | null; updatedAt: Date },
): Promise<void> {
  const { internalAdapter } = await auth.$context;
  await acting.run(as, () => internalAdapter.updateUser(userId, changes));
}

/**
 * Deletes the account whose session `headers` carry, with its sessions and memberships, all or nothing.
 *
 * @param password the account's; one without a password needs a session that is less than a day old instead.
 * @returns the Set-Cookie values that end the session in the browser.
 * @throws 422 without the password, 403 for a wrong one or a session that is too old, 409 for an only owner or administrator.
 */
export async function deleteAccount(
  auth: Auth,
  as: Circumstances,
  userId: string,
  headers: Headers,
  password: string | undefined,
): Promise<string[]> {
  const { adapter, internalAdapter } = await auth.$context;
  const credentials = await internalAdapter.findCredentialAccount(userId);
  if (credentials?.password && !password) {
    throw Invalid("Deleting an account takes its password.", {
      errors: [{ path: "password", message: "is required" }],
    });
  }
  const body = credentials?.password && password ? { password } : {};
  try {
    const answer = await acting.run(as, () =>
      runWithTransaction(adapter as never, () => auth.api.deleteUser({ headers, body, returnHeaders: true })),
    );
    return answer.headers.getSetCookie();
  } catch (err) {
    throw refusal(err) ?? err;
  }
}

function refusal(err: unknown) {
  if (sqlState(err) === "GH001") {
    return LastOwner("You are the only owner of an organization. Make someone else an owner, or delete it.", {
      cause: err,
    });
  }
  if (sqlState(err) === "GH006") {
    return LastAdministrator("You are the only platform administrator. Make someone else one first.", { cause: err });
  }
  const code = err instanceof APIError ? err.body?.code : undefined;
  if (code === "INVALID_PASSWORD" || code === "PASSWORD_TOO_LONG") {
    return WrongPassword("That isn't this account's password.", {
      errors: [{ path: "password", message: "is wrong" }],
    });
  }
  if (code === "SESSION_EXPIRED" || code === "SESSION_NOT_FRESH") {
    return StaleSession("An account without a password is deleted with a session of the last 24 hours.");
  }
  return undefined;
}
