import type { ClientBase } from "pg";

/** @throws where a connection leads to a pooler, which loses what belongs to a session: notifications and locks. */
export async function refusePooler(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  // A pooler tells its clients a number of its own, and gives them another server process for each transaction.
  if (rows[0]?.pid === (client as unknown as { processID: number }).processID) return;
  throw new Error("A session can't pass a connection pooler: set DATABASE_DIRECT_URL to PostgreSQL itself");
}
