import { AsyncLocalStorage } from "node:async_hooks";
import type { DBAdapter } from "@better-auth/core/db/adapter";
import type { Actor, Origin } from "../../core/audit.ts";
import type { Grantor } from "../../core/access/role.ts";
import type { Person } from "../../passwords/personal.ts";
import type { WayIn } from "./began.ts";
import type { Whose } from "../guard/new-password.ts";
import { Problem } from "../../core/problem.ts";
import { isUnavailable, sqlState } from "../../db/errors.ts";
import type { Tx } from "../../db/types.ts";

/** What a call may do with passwords. */
export type PasswordUse = {
  /** Whose wrong guesses are counted at the check; by default the session's user. `counted`: the mount has. */
  guesser?: string;
  /** The address that a sign-in names. */
  address?: string;
  /** Ends the wait for a hash. */
  signal?: AbortSignal;
  /** Whose password the call sets, or where its route names them. Unset: it hashes one only to take as long. */
  sets?: Whose | Person;
  /** Made before the call's transaction. */
  hashed?: { password: string; hash: string };
  checked?: { hash: string; password: string; right: boolean };
  /** The stored hash that a password of this call was found to match. */
  verified?: string;
};

/** What this service knows about a call into better-auth while it runs. better-auth's callbacks take no such context. */
export type AuthCall = {
  /** The call's first database error. better-auth answers past some of them, and the mount must know. */
  failure: { error?: unknown };
  /** Unset: the call never gets to a password. */
  passwords?: PasswordUse;
  /** Who acts and from where, for writes outside better-auth's own routes. */
  acting?: { actor: Actor; origin: Origin };
  /** What a sign-in finds out on its way: one object for all parts of the call. */
  signIn?: {
    /** The way in that begins a session in this call. */
    by?: WayIn;
    /** Whether the person has a second factor, read as the session begins. */
    twoFactorEnabled?: boolean;
    /** Whether the way in was two factors by itself. */
    bothFactors?: boolean;
    /** Where the browser was led before the second factor was asked for. */
    leadsTo?: string;
  };
  /**
   * Whose address may be verified: of the session's user, or of who has shown its password, who has no session yet; null
   * where the request has neither.
   */
  verifying?: { userId: string; sessionId: string | null } | null;
  /** What a mail to sign in is asked for with, beside the address. */
  linkFor?: { name?: string; returnTo?: string };
  /** The user who changes roles through one of better-auth's routes; unset for our own calls. */
  grantor?: { userId: string; standing: Grantor };
  /** What better-auth's own limiter is told: counted before the transaction, which must not wait for another connection. */
  counted?: { window: number; max: number; allowed: boolean; retryAfter: number | null };
  /** The transaction that better-auth is in. */
  transaction?: { adapter: DBAdapter; tx: Tx; ended: boolean };
};

const store = new AsyncLocalStorage<AuthCall>();

/** The call under way, if any. */
export const authCall = (): AuthCall | undefined => store.getStore();

/** Runs `work` as a call, or as part of the one under way, that knows `fields` as well. */
export const withAuthCall = <T>(fields: Partial<AuthCall>, work: () => T): T =>
  store.run({ failure: {}, ...store.getStore(), ...fields }, work);

/** Runs `work`, and notes a database error or a refusal of ours that it rejects with as the call's failure. */
export async function noting<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure = authCall()?.failure;
    if (failure && (error instanceof Problem || sqlState(error) !== undefined || isUnavailable(error)))
      failure.error ??= error;
    throw error;
  }
}

/** The transaction that better-auth is in here, if any. */
export function currentTransaction(): Tx | undefined {
  const open = authCall()?.transaction;
  return open && !open.ended ? open.tx : undefined;
}

/** Runs `run` with a transaction's adapter; adapters made by `joining` use that one meanwhile. */
export async function within<T>(tx: Tx, adapter: DBAdapter, run: (adapter: DBAdapter) => Promise<T>): Promise<T> {
  const transaction = { adapter, tx, ended: false };
  try {
    return await withAuthCall({ transaction }, () => run(adapter));
  } finally {
    transaction.ended = true;
  }
}

/**
 * `outer`, with each call inside a transaction going to the transaction. Some of better-auth's routes reach for the
 * outer adapter there: they would read past their own writes, and PGlite's one connection would wait for itself.
 */
export function joining(outer: DBAdapter): DBAdapter {
  const joined: Record<string, unknown> = { ...outer };
  for (const name of Object.keys(outer) as (keyof DBAdapter)[]) {
    if (typeof outer[name] !== "function") continue;
    joined[name] = (...args: unknown[]) => {
      const open = authCall()?.transaction;
      const method = (open && !open.ended ? open.adapter : outer)[name] as (...args: unknown[]) => unknown;
      return method(...args);
    };
  }
  return joined as DBAdapter;
}
