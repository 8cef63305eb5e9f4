import { APIError } from "better-auth/api";
import { invalidField, problem } from "../core/problem.ts";
import { checkPassword } from "../auth/guard/passwords.ts";
import { withAuthCall } from "../auth/store/auth-call.ts";
import type { Auth } from "../auth/options.ts";
import { changeUser, type Check } from "./change-user.ts";
import { refusedByGuard } from "./refusals.ts";
import type { Acting } from "./sessions.ts";
import type { UserRow } from "./users.ts";

export const WrongPassword = problem("wrong_password", 403, "The password is wrong");
export const Impersonating = problem("impersonating", 403, "Not while impersonating");

type Ports = { auth: Auth };

/** Changes a person's own name and picture. @returns the user after it. @throws 404, and what `check` throws. */
export const updateAccount = (
  ports: Ports,
  as: Acting,
  userId: string,
  changes: { name?: string | undefined; image?: string | null | undefined },
  check: Check,
): Promise<UserRow> =>
  changeUser(ports, as, userId, check, async (adapter, before) => {
    const { name = before.name, image = before.image } = changes;
    if (name === before.name && image === before.image) return before;
    const changed = { name, image, updatedAt: as.now() };
    await adapter.updateUser(userId, changed);
    return { ...before, ...changed };
  });

/**
 * Deletes the account whose session a request carries, with its sessions and memberships, in one transaction.
 *
 * @param request.signal ends the wait for the password's hash, as when the client has gone.
 * @param password the account's, where it has one.
 * @returns the Set-Cookie values that end the session in the browser.
 * @throws 403 for a wrong password and while impersonating, 404, 409 for an only owner or
 * administrator, 422 without the password, 429, 503 where too many wait, and what `check` throws.
 */
export async function deleteAccount(
  ports: Ports,
  as: Acting,
  userId: string,
  { headers, signal }: Pick<Request, "headers" | "signal">,
  password: string | undefined,
  check: Check,
): Promise<string[]> {
  if (as.actor.impersonatorId !== null) throw Impersonating("Only the person deletes their account.");
  const { auth } = ports;
  const checked = await checkPassword(auth, userId, password, signal);
  if (checked && !password) throw invalidField("password", "is required");
  if (checked?.right === false) throw wrongPassword();
  const body = checked ? { password: checked.password } : {};
  try {
    const answer = await withAuthCall(checked ? { passwords: { checked } } : {}, () =>
      changeUser(ports, as, userId, check, () => auth.api.deleteUser({ headers, body, returnHeaders: true })),
    );
    return answer.headers.getSetCookie();
  } catch (err) {
    throw refusedByGuard(err, "You are") ?? refusedByBetterAuth(err) ?? err;
  }
}

function refusedByBetterAuth(err: unknown) {
  const code = err instanceof APIError ? err.body?.code : undefined;
  if (code === "INVALID_PASSWORD" || code === "PASSWORD_TOO_LONG") return wrongPassword();
  return undefined;
}

const wrongPassword = () =>
  WrongPassword("That isn't this account's password.", { errors: [{ path: "password", message: "is wrong" }] });
