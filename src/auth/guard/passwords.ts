import { tryGetCurrentAuthEndpointContext } from "@better-auth/core/context";
import { APIError } from "better-auth/api";
import { type Limiter, type LimitRule } from "../../core/rate-limit.ts";
import type { Passwords } from "../../passwords/hash.ts";
import type { PasswordRules } from "../../passwords/rules.ts";
import { personOf } from "./new-password.ts";
import { tooManyRequests } from "../mount/refusals.ts";
import type { Auth } from "../options.ts";
import { authCall, currentTransaction, noting, type PasswordUse, withAuthCall } from "../store/auth-call.ts";
import type { Owner, RenewHash } from "../store/renewed-hashes.ts";

/** Passwords as better-auth asks for them. */
export type GuardedPasswords = {
  hash(password: string): Promise<string>;
  verify(data: { hash: string; password: string }): Promise<boolean>;
};

type Ports = {
  passwords: Pick<Passwords, "hash" | "check">;
  rules: PasswordRules;
  limiter: Limiter;
  renew: RenewHash;
};

/** A password that was checked before the transaction that depends on it. */
export type Checked = { hash: string; password: string; right: boolean };

/** Wrong passwords that one user's sessions may try. */
const guesses: LimitRule = { name: "password-guesses", points: 10, seconds: 15 * 60 };

/**
 * Lets better-auth hash only in calls that declare it, check a password only where wrong ones are counted, and do
 * neither inside a transaction: a request that waits for a hash holds no connection. A right password whose hash isn't
 * of today's form gets one that is.
 *
 * @throws from both: 503 where too many wait; from `hash`: better-auth's 400 for a password that the rules refuse; from
 * `verify`: 429.
 */
export function guardedPasswords({ passwords, rules, limiter, renew }: Ports): GuardedPasswords {
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
      const { hashed, signal, sets } = permitted();
      if (hashed?.password === password) return hashed.hash;
      outside();
      if (sets !== undefined) {
        const fault = await rules(password, typeof sets === "string" ? await personOf(sets) : sets);
        if (fault) throw new APIError("BAD_REQUEST", fault);
      }
      return noting(() => passwords.hash(password, signal));
    },
    async verify({ hash, password }) {
      const use = permitted();
      const { checked, guesser } = use;
      // The stored hash may have changed since: then the password that was checked isn't the account's any more.
      if (checked) return checked.right && checked.password === password && checked.hash === hash;
      outside();
      const userId = guesser ?? tryGetCurrentAuthEndpointContext()?.context.session?.user.id;
      const check = () => noting(() => checkAndRenew({ passwords, renew }, use, userId, { hash, password }));
      return guesser === "counted" ? check() : counted(limiter, userId, check);
    },
  };
}

/** Checks a password, and notes which hash of the account it matches then. */
async function checkAndRenew(
  { passwords, renew }: Pick<Ports, "passwords" | "renew">,
  use: PasswordUse,
  userId: string | undefined,
  { hash, password }: { hash: string; password: string },
): Promise<boolean> {
  const { right, renewed } = await passwords.check({ hash, password }, use.signal);
  if (right) use.verified = hash;
  const owner = ownerOf(use, userId);
  if (!right || renewed === undefined || owner === null) return right;
  const current = await renew(owner, hash, renewed);
  if (current === null) return false;
  use.verified = current;
  // Another sign-in was first to renew it, or the password has just been changed.
  const same = current === hash || current === renewed;
  return same || (await passwords.check({ hash: current, password }, use.signal)).right;
}

function ownerOf({ address }: PasswordUse, userId: string | undefined): Owner | null {
  if (address !== undefined) return { address };
  return userId === undefined || userId === "counted" ? null : { userId };
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
  const use: PasswordUse = { guesser: userId, ...(signal ? { signal } : {}) };
  const right = await withAuthCall({ passwords: use }, () => passwords.verify({ hash, password }));
  return { hash: use.verified ?? hash, password, right };
}
