import type { DBAdapter } from "@better-auth/core/db/adapter";
import { and, eq } from "drizzle-orm";
import type { Tx } from "../../db/types.ts";
import { user } from "../tables/identity.ts";
import { authCall } from "./auth-call.ts";

type Written = { model: string; data: Record<string, unknown>; userId: string };

/**
 * Ends what else belongs to an account whose address nobody has proven, as a mail to it is followed: a passkey, a provider
 * or a second factor may be of who registered with another's address, and waits for its owner, or shuts them out.
 *
 * @param written what the call writes next: the address as verified, by a mail to sign in, or the password of a mailed link.
 */
export async function endUnproven(
  tx: Tx,
  { deleteMany, updateMany }: Pick<DBAdapter, "deleteMany" | "updateMany">,
  written: Written,
): Promise<void> {
  const { model, data, userId } = written;
  const call = authCall();
  const bySignIn = model === "user" && data["emailVerified"] === true && call?.signIn?.by === "emailCode";
  const byReset = model === "account" && "password" in data && call?.passwords?.sets === "token";
  if (!bySignIn && !byReset) return;
  const unproven = await tx
    .select({ id: user.id })
    .from(user)
    .where(and(eq(user.id, userId), eq(user.emailVerified, false)));
  if (unproven.length === 0) return;
  const theirs = { field: "userId", value: userId };
  await deleteMany({ model: "passkey", where: [theirs] });
  await deleteMany({ model: "twoFactor", where: [theirs] });
  const id = { field: "id", value: userId };
  await updateMany({ model: "user", where: [id], update: { twoFactorEnabled: false } });
  await deleteMany({ model: "account", where: [theirs, { field: "providerId", operator: "ne", value: "credential" }] });
}
