import { tryGetCurrentAuthEndpointContext } from "@better-auth/core/context";
import { type Limiter, type LimitRule } from "../../core/rate-limit.ts";
import type { Passwords } from "../../passwords/hash.ts";
import { tooManyRequests } from "../mount/refusals.ts";
import type { Auth } from "../options.ts";
import { authCall, currentTransaction, noting, withAuthCall } from "../store/auth-call.ts";

/** Passwords as better-auth asks for them. */
export type GuardedPasswords = Pick<Passwords, "hash" | "verify">;

/** A password that was checked before the transaction that depends on it. */
export type Checked = { hash: string; password: string; right: boolean };

/** Wrong passwords that one user's sessions may try. */
const guesses: LimitRule = { name: "password-guesses", points: 10, seconds: 15 * 60 };

/**
 * Lets better-auth hash only in calls that declare it, check a password only where wrong ones are counted, and do
 * neither inside a transaction: a request that waits for a hash holds no connection.
 *
 * @throws from both: 503 where too many wait; from `verify`: 429.
 */
export function guardedPasswords(passwords: GuardedPasswords, limiter: Limiter): GuardedPasswords {
  const permitted = () => {
    const use = authCall()?.passwords;
    if (use === undefined) throw new Error("this route doesn't declare that it hashes a password");
    return use;
  };
  const outside = (): void => {
    if (currentTransaction()) throw new Error("a password is hashed inside a transaction");
  };
  return {
    async hash(password) {
      const { hashed, signal } = permitted();
      if (hashed?.password === password) return hashed.hash;
      outside();
      return noting(() => passwords.hash(password, signal));
    },
    async verify({ hash, password }) {
      const use = permitted();
      const { checked, signal, guesser } = use;
      // The stored hash may have changed since: then the password that was checked isn't the account's any more.
      if (checked) return checked.right && checked.password === password && checked.hash === hash;
      outside();
      const check = async () => {
        const right = await noting(() => passwords.verify({ hash, password }, signal));
        if (right) use.verified = hash;
        return right;
      };
      if (guesser === "counted") return check();
      return counted(limiter, guesser ?? tryGetCurrentAuthEndpointContext()?.context.session?.user.id, check);
    },
  };
}

async function counted(limiter: Limiter, userId: string | undefined, check: () => Promise<boolean>): Promise<boolean> {
  if (userId === undefined) throw new Error("a password is checked and nobody is counted for it");
  // Counted before, so that guesses that come at once are counted too.
  const { allowed, ...allowance } = await limiter.count(guesses, userId);
  if (!allowed) return noting(() => Promise.reject(tooManyRequests(allowance)));
  let wrong = false;
  try {
    wrong = !(await check());
    return !wrong;
  } finally {
    if (!wrong) await limiter.giveBack(guesses, userId);
  }
}

/**
 * Checks the password of a user's account, before a transaction that depends on it.
 *
 * @param password as the client sent it; a missing one is wrong, and isn't counted.
 * @returns null where the account has no password.
 * @throws 429 and 503.
 */
export async function checkPassword(
  auth: Auth,
  userId: string,
  password: string | undefined,
  signal?: AbortSignal,
): Promise<Checked | null> {
  const { internalAdapter, password: passwords } = await auth.$context;
  const account = await internalAdapter.findCredentialAccount(userId);
  const hash = account?.password;
  if (!hash) return null;
  if (!password || password.length > passwords.config.maxPasswordLength) return { hash, password: "", right: false };
  const right = await withAuthCall({ passwords: { guesser: userId, ...(signal ? { signal } : {}) } }, () =>
    passwords.verify({ hash, password }),
  );
  return { hash, password, right };
}
