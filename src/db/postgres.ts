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

/**
 * Gives the server until `deadlineMs` to answer: past the time at which it cancels a statement by itself, a silent one
 * is not coming back, and its connection is cut, which rejects what waits on it. 0 waits for ever.
 */
function within<T>(client: PoolClient, deadlineMs: number, answer: Promise<T>): Promise<T> {
  if (deadlineMs === 0) return answer;
  const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection;
  const timer = setTimeout(() => stream.destroy(), deadlineMs);
  return answer.finally(() => clearTimeout(timer));
}

export function connection(client: PoolClient, deadlineMs = 0): Connection {
  return {
    run: (statement) => within(client, deadlineMs, client.query(queryConfig(statement)) as unknown as Promise<Rows>),
    async exec(sql) {
      const result: unknown = await within(client, deadlineMs, client.query(sql));
      const last = (Array.isArray(result) ? result.at(-1) : result) as Rows;
      return last.command;
    },
  };
}

function pipelined(client: PoolClient, deadlineMs: number, first: Statement, second: Statement): Promise<Rows> {
  const query = new Pipelined(first as Statement & { name: string }, second);
  client.query(query as unknown as Submittable);
  return within(client, deadlineMs, query.done);
}

/** Each statement on any free connection, committed at once; transactions on a connection of their own. */
export function poolRunner(pool: Pool, deadlineMs: number): Runner {
  return {
    run: (statement) => withClient(pool, (client) => connection(client, deadlineMs).run(statement)),
    transaction: (options, work) =>
      withClient(pool, (client) =>
        inTransaction(connection(client, deadlineMs), verbs(client, deadlineMs, options), { mode: options.mode }, work),
      ),
  };
}

function verbs(client: PoolClient, deadlineMs: number, { mode, settings }: TransactionOptions): Verbs {
  const on = connection(client, deadlineMs);
  const begin: Statement = { name: "gatehouse_begin", text: "begin", values: [], shape: "object" };
  return {
    begin: () =>
      settings
        ? pipelined(client, deadlineMs, begin, settingsStatement(settings))
        : on.exec(mode ? `begin ${mode}` : "begin"),
    commit: () => on.exec("commit"),
    rollback: () => on.exec("rollback").catch(ignore),
  };
}

/** Reads only, each with the settings in one round trip and one implicit transaction. */
export function scopedRunner(pool: Pool, settings: Settings, deadlineMs: number): Runner {
  const first = settingsStatement(settings, true);
  return {
    run: (statement) => withClient(pool, (client) => pipelined(client, deadlineMs, first, statement)),
    transaction: () => Promise.reject(new MisuseError("A scoped handle only reads; write through transaction()")),
  };
}
