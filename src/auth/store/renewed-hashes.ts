import { and, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "../../db/types.ts";
import type { Logger } from "../../ops/log.ts";
import { account, user } from "../tables/identity.ts";

/** Whose password it is. */
export type Owner = { userId: string } | { address: string };

/**
 * Replaces the hash of a person's password by another one of the same password. Their sessions stay: the guard of
 * the table knows the change by what is declared here.
 *
 * @param was the hash that was checked. Any other one in its place stays.
 * @returns the hash that the account has now, null where it has none; `was` where that can't be found out, and a
 * line in the log.
 */
export type RenewHash = (owner: Owner, was: string, renewed: string) => Promise<string | null>;

/** Opens the renewal of hashes over the owner's handle. */
export function hashRenewal(database: Database, log: Logger): RenewHash {
  return async (owner, was, renewed) => {
    try {
      return await database.db.transaction(async (tx) => {
        const people = tx.select({ id: user.id }).from(user);
        const theirs =
          "userId" in owner
            ? eq(account.userId, owner.userId)
            : inArray(account.userId, people.where(eq(sql`lower(${user.email})`, owner.address.toLowerCase())));
        const [found] = await tx
          .select({ id: account.id, password: account.password })
          .from(account)
          .where(and(eq(account.providerId, "credential"), theirs))
          .for("no key update");
        if (found?.password !== was) return found?.password ?? null;
        const declared = JSON.stringify({ account: found.id, from: was, to: renewed });
        await tx.execute(sql`select set_config('app.renewed_hash', ${declared}, true)`);
        await tx.update(account).set({ password: renewed }).where(eq(account.id, found.id));
        return renewed;
      });
    } catch (err) {
      log.warn({ err }, "the hash of a password could not be renewed; the next sign-in tries again");
      return was;
    }
  };
}
