/*
 * The order of row locks. A statement or transaction that locks rows of several of these tables takes them from the top
 * down, and several rows of one table in the order of their ids, so that two of them wait for one another and never
 * deadlock:
 *
 *   user → organization → apikey → invitation → member → session → the application's own tables
 *
 * Foreign keys lock what they point to, and cascades what points to them: guards/deletion.sql puts the two deletions
 * that cascade widely in this order. Counting (uses of keys, rate limits) locks keys, or counters, and nothing else.
 *
 * Three paths can't keep it: removing or demoting an owner locks the member's row before the guard of the last owner
 * locks the organization; an invitation's foreign keys lock the organization before its sender; better-auth ends
 * a person's sessions in the order in which it finds them. What deadlocks all the same is run again; see retry.ts.
 */

/** The numbers of this service's advisory locks in PostgreSQL. One list, so that no two purposes share a number. */
export const advisoryLock = {
  /** Held by a session while it applies migrations and guards. */
  migrations: 7_261_001,
  /** Held by tests while they make databases on a shared server. */
  testDatabases: 7_261_002,
  /** Held by a transaction that makes the first signing key. */
  signingKeys: 7_261_003,
  /** Held by the transaction that empties the trash. */
  maintenance: 7_261_004,
  /** Held by a session while it makes a backup by schedule. */
  backups: 7_261_011,
  /** Held by the transaction that seals a batch of the history. */
  sealing: 7_261_005,
} as const;
