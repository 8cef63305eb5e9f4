import { BASE_ERROR_CODES } from "@better-auth/core/error";
import { APIError } from "better-auth/api";
import { eq } from "drizzle-orm";
import { canSignIn, type Offered } from "../../core/sign-in.ts";
import type { Tx } from "../../db/types.ts";
import { account, passkey } from "../tables/identity.ts";
import { lockUser } from "./sign-in-races.ts";

type Removed = { id: string; userId?: unknown };

const last = {
  account: BASE_ERROR_CODES.FAILED_TO_UNLINK_LAST_ACCOUNT,
  passkey: { code: "LAST_SIGN_IN_METHOD", message: "This is your last way to sign in. Add another one first." },
};

/**
 * Refuses to remove what its person couldn't sign in without. Their row is held until the removal is committed, so that of
 * several at once the last one sees what the others left.
 *
 * @throws APIError 400.
 */
export async function keepWayIn(tx: Tx, offered: Offered, model: keyof typeof last, removed: Removed): Promise<void> {
  const { id, userId } = removed;
  if (typeof userId !== "string") return;
  await lockUser(tx, userId);
  const accounts = await tx
    .select({ id: account.id, provider: account.providerId })
    .from(account)
    .where(eq(account.userId, userId));
  const passkeys = await tx.select({ id: passkey.id }).from(passkey).where(eq(passkey.userId, userId));
  const left = {
    accounts: accounts.filter((row) => row.id !== id).map(({ provider }) => provider),
    passkeys: passkeys.filter((row) => row.id !== id).length,
  };
  // Another one may have been first to remove it.
  const there = [...accounts, ...passkeys].some((row) => row.id === id);
  if (there && !canSignIn(offered, left)) throw APIError.from("BAD_REQUEST", last[model]);
}
