import { sql } from "drizzle-orm";
import { account, user } from "../auth/tables/identity.ts";
import { difference } from "../core/audit.ts";
import type { Clock } from "../core/clock.ts";
import type { RecordAudit } from "../core/scope.ts";
import { asTenant } from "../db/tenant.ts";
import type { Database, Tx } from "../db/types.ts";
import { circumstances } from "./bootstrap.ts";

/** A person from another system. */
export type ImportedUser = {
  /** In lower case. */
  email: string;
  name: string;
  emailVerified: boolean;
  image: string | null;
  createdAt: Date | null;
  /** In a form that `passwords/formats.ts` reads; null for somebody who asks for a new password first. */
  passwordHash: string | null;
};

type Ports = {
  database: Database;
  recordAudit: RecordAudit;
  clock: Clock;
  provision: { user(tx: Tx, userId: string): Promise<void> };
};

/**
 * Writes people whose addresses aren't there yet, with what comes with a user, in one transaction.
 *
 * @param people at most 1,000: a statement has 65,535 parameters.
 * @returns how many were written. The others were there already, and stay as they are.
 */
export function importUsers(ports: Ports, people: readonly ImportedUser[]): Promise<number> {
  const now = ports.clock();
  const arriving = people.map(({ passwordHash, createdAt, ...person }) => {
    const id = Bun.randomUUIDv7();
    const row = { id, ...person, role: "user", createdAt: createdAt ?? now, updatedAt: now };
    return { row, account: passwordHash === null ? null : accountOf(id, passwordHash, now) };
  });
  return ports.database.db.transaction(async (tx) => {
    const made = await tx
      .insert(user)
      .values(arriving.map(({ row }) => row))
      .onConflictDoNothing()
      .returning();
    const ids = new Set(made.map(({ id }) => id));
    const accounts = arriving.flatMap(({ row, account }) => (account && ids.has(row.id) ? [account] : []));
    if (accounts.length > 0) await tx.insert(account).values(accounts);
    for (const id of ids) await asTenant(tx, { "app.user_id": id }, () => ports.provision.user(tx, id));
    const event = { organizationId: null, ...circumstances };
    await ports.recordAudit(
      tx,
      ...made.map((row) => ({
        ...event,
        action: "user.created" as const,
        entityId: row.id,
        changes: difference(null, row),
      })),
      ...accounts.map(({ id, userId, providerId, password }) => ({
        ...event,
        action: "account.created" as const,
        entityId: id,
        changes: difference(null, { userId, providerId, password }),
      })),
    );
    return made.length;
  });
}

const accountOf = (userId: string, password: string, now: Date) => ({
  id: Bun.randomUUIDv7(),
  accountId: userId,
  providerId: "credential",
  userId,
  password,
  createdAt: now,
  updatedAt: now,
});

/** How many of these addresses, in lower case, are users' already. */
export async function countKnown({ db }: Database, addresses: readonly string[]): Promise<number> {
  const wanted = sql.join(
    addresses.map((address) => sql`${address}`),
    sql`, `,
  );
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(user)
    .where(sql`lower(${user.email}) in (${wanted})`);
  return row?.count ?? 0;
}
