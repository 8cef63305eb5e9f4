import { Pool, type PoolClient, type Submittable } from "pg";
import { isUnavailable, MisuseError } from "./errors.ts";
import { Pipelined, queryConfig } from "./pipeline.ts";
import type { Connection, Rows, Runner, Statement, TransactionOptions } from "./runner.ts";
import { type Settings, settingsStatement } from "./settings.ts";
import { inTransaction, type Verbs } from "./transaction.ts";

export interface PostgresOptions {
  readonly url: string;
  readonly poolMax: number;
  readonly idleTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

export function openPool(options: PostgresOptions): Pool {
  const pool = new Pool({
    connectionString: options.url,
    max: options.poolMax,
    idleTimeoutMillis: options.idleTimeoutMs,
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: true,
    application_name: "gatehouse",
    ...(options.statementTimeoutMs > 0 && { statement_timeout: options.statementTimeoutMs }),
  });
  // A connection may die while idle, and while checked out between two statements. The pool drops it, and whoever
  // uses it next gets the error; an unheard error event would end the process.
  pool.on("error", ignore);
  pool.on("connect", (client) => client.on("error", ignore));
  return pool;
}

const ignore = () => {};

/** Runs `work` on a connection of the pool. One that is lost, or left inside a transaction, is not handed out again. */
export async function withClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let lost = false;
  try {
    return await work(client);
  } catch (err) {
    lost = isUnavailable(err);
    throw err;
  } finally {
    client.release(lost || client.getTransactionStatus() !== "I");
  }
}

export function connection(client: PoolClient): Connection {
  return {
    run: (statement) => client.query(queryConfig(statement)) as unknown as Promise<Rows>,
    async exec(sql) {
      const result: unknown = await client.query(sql);
      const last = (Array.isArray(result) ? result.at(-1) : result) as Rows;
      return last.command;
    },
  };
}

function pipelined(client: PoolClient, first: Statement, second: Statement): Promise<Rows> {
  const query = new Pipelined(first as Statement & { name: string }, second);
  client.query(query as unknown as Submittable);
  return query.done;
}

/** Each statement on any free connection, committed at once; transactions on a connection of their own. */
export function poolRunner(pool: Pool): Runner {
  return {
    run: (statement) => withClient(pool, (client) => connection(client).run(statement)),
    transaction: (options, work) =>
      withClient(pool, (client) =>
        inTransaction(connection(client), verbs(client, options), { mode: options.mode }, work),
      ),
  };
}

function verbs(client: PoolClient, { mode, settings }: TransactionOptions): Verbs {
  const on = connection(client);
  const begin: Statement = { name: "gatehouse_begin", text: "begin", values: [], shape: "object" };
  return {
    begin: () =>
      settings ? pipelined(client, begin, settingsStatement(settings)) : on.exec(mode ? `begin ${mode}` : "begin"),
    commit: () => on.exec("commit"),
    rollback: () => on.exec("rollback").catch(ignore),
  };
}

/** Reads only, each with the settings in one round trip and one implicit transaction. */
export function scopedRunner(pool: Pool, settings: Settings): Runner {
  const first = settingsStatement(settings, true);
  return {
    run: (statement) => withClient(pool, (client) => pipelined(client, first, statement)),
    transaction: () => Promise.reject(new MisuseError("A scoped handle only reads; write through transaction()")),
  };
}
