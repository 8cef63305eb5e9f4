import type { DBAdapter } from "@better-auth/core/db/adapter";
import { APIError } from "better-auth/api";
import { BASE_ERROR_CODES } from "@better-auth/core/error";
import { and, eq } from "drizzle-orm";
import type { Tx } from "../../db/types.ts";
import { account, user } from "../tables/identity.ts";
import { authCall } from "./auth-call.ts";

// A user's row is the lock between what opens sessions and what ends them: each holds it until it is committed.

/** Holds a user's row until the transaction ends. */
export const lockUser = (tx: Tx, userId: string) =>
  tx
    .select({ email: user.email, twoFactorEnabled: user.twoFactorEnabled })
    .from(user)
    .where(eq(user.id, userId))
    .for("no key update");

/** Whether a user's password is still the one with this hash, in this transaction. */
async function isCurrent(tx: Tx, userId: string, hash: string): Promise<boolean> {
  const found = await tx
    .select({ id: account.id })
    .from(account)
    .where(and(eq(account.userId, userId), eq(account.providerId, "credential"), eq(account.password, hash)));
  return found.length > 0;
}

/** Whose sign-in a row begins: as a session, or as one that waits for the second factor. Undefined for any other row. */
export function signsIn(model: string, { userId, identifier, value }: Record<string, unknown>): string | undefined {
  if (model === "session") return String(userId);
  const waits = model === "verification" && /^2fa-(?!attempts-)/.test(String(identifier));
  return waits ? String(value) : undefined;
}

/**
 * Refuses the session of a sign-in whose address or password was changed since it was checked, and notes whether the
 * person has a second factor by now.
 *
 * @throws APIError 401.
 */
export async function refuseOldSignIn(tx: Tx, userId: string): Promise<void> {
  const call = authCall();
  const use = call?.passwords;
  const [person] = await lockUser(tx, userId);
  if (call?.signIn) call.signIn.twoFactorEnabled = person?.twoFactorEnabled === true;
  if (use?.guesser !== "counted" || use.verified === undefined) return;
  const same = person?.email.toLowerCase() === use.address?.toLowerCase();
  if (!same || !(await isCurrent(tx, userId, use.verified)))
    throw APIError.from("UNAUTHORIZED", BASE_ERROR_CODES.INVALID_EMAIL_OR_PASSWORD);
}

/**
 * Holds a user's row before their password changes, and refuses where it isn't the one that was checked any more.
 *
 * @throws APIError 400.
 */
export async function holdPassword(tx: Tx, before: Record<string, unknown> | undefined): Promise<void> {
  if (typeof before?.userId !== "string") return;
  await lockUser(tx, before.userId);
  const verified = authCall()?.passwords?.verified;
  if (verified !== undefined && !(await isCurrent(tx, before.userId, verified)))
    throw APIError.from("BAD_REQUEST", BASE_ERROR_CODES.INVALID_PASSWORD);
}

/** Holds a user's row before all of their sessions end: a sign-in under way is seen, or sees what ended them. */
export async function holdUser(tx: Tx, { model, where }: Parameters<DBAdapter["deleteMany"]>[0]): Promise<void> {
  const [first] = where;
  if (model === "session" && first?.field === "userId" && typeof first.value === "string")
    await lockUser(tx, first.value);
}
