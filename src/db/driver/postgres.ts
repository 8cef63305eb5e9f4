import { pipeline } from "node:stream/promises";
import { Client, type ClientBase, Pool, type PoolClient, type Submittable } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { isLost, MisuseError } from "../errors.ts";
import { DirectConnectionError } from "../explain.ts";
import { Pipelined, queryConfig } from "./pipeline.ts";
import type { Connection, Rows, Runner, Statement, TenantSettings, TransactionOptions } from "./connection.ts";
import { refusePooler } from "./pooler.ts";
import { verifying } from "./tls.ts";
import { settingsStatement } from "../tenant.ts";
import { repeated } from "../retry.ts";
import { inTransaction, type Verbs } from "../drizzle/transaction.ts";

export type PostgresOptions = {
  readonly url: string;
  readonly poolMax: number;
  readonly idleTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  /** Whether `url` leads to a pooler that gives each transaction another connection, such as PgBouncer. */
  readonly pooled: boolean;
};

/** A pool of connections, and what its runners must know about it. */
export type Server = {
  readonly pool: Pool;
  /** After how many milliseconds without an answer a connection is cut; 0: never. */
  readonly deadlineMs: number;
  /**
   * The statement that limits the time of others until its transaction ends. A pooler refuses the limit as a start-up
   * parameter, and keeps nothing else between transactions: no prepared statement either.
   */
  readonly limit: Statement | null;
  readonly pooled: boolean;
};

/** How long past its own time limit a server may take to say so. */
const graceMs = 2_000;

export function openServer(options: PostgresOptions): Server {
  const { statementTimeoutMs: limitMs, pooled } = options;
  const text = `select set_config('statement_timeout', '${limitMs}', true)`;
  return {
    pool: openPool(options),
    deadlineMs: limitMs === 0 ? 0 : limitMs + graceMs,
    limit: pooled && limitMs > 0 ? { text, values: [], shape: "object" } : null,
    pooled,
  };
}

function openPool(options: PostgresOptions): Pool {
  const pool = new Pool({
    connectionString: verifying(options.url),
    max: options.poolMax,
    idleTimeoutMillis: options.idleTimeoutMs,
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: true,
    application_name: "gatehouse",
    ...(options.statementTimeoutMs > 0 && !options.pooled && { statement_timeout: options.statementTimeoutMs }),
  });
  // A connection may die while idle, and while checked out between two statements. The pool drops it, and its next use
  // gets the error; an error event that nothing listens to would end the process.
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
    lost = isLost(err);
    throw err;
  } finally {
    client.release(lost || client.getTransactionStatus() !== "I");
  }
}

/**
 * Cuts the connection, which rejects what waits on it, when the server hasn't answered within `deadlineMs`: a server that
 * doesn't even cancel the statement in time isn't coming back. 0 waits without end.
 */
function within<T>(client: ClientBase, deadlineMs: number, answer: Promise<T>): Promise<T> {
  if (deadlineMs === 0) return answer;
  const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection;
  const timer = setTimeout(() => stream.destroy(), deadlineMs);
  return answer.finally(() => clearTimeout(timer));
}

/** Gives `work` a connection of its own to `url`, outside any pool, and closes it. */
export async function withOwnClient<T>(
  url: string,
  connectTimeoutMs: number,
  work: (client: ClientBase) => Promise<T>,
): Promise<T> {
  const client = new Client({
    connectionString: verifying(url),
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    application_name: "gatehouse-session",
  });
  client.on("error", ignore);
  try {
    await client
      .connect()
      .then(() => refusePooler(client))
      .catch((err: unknown) => {
        throw new DirectConnectionError("There is no connection past the pooler", { cause: err });
      });
    return await work(client);
  } finally {
    await client.end().catch(ignore);
  }
}

/** A connection to PostgreSQL itself, on which only statements that bring a deadline have one. */
export const sessionOf = (client: ClientBase): Connection => connection({ deadlineMs: 0, pooled: false }, client);

function connection({ deadlineMs, pooled }: Pick<Server, "deadlineMs" | "pooled">, client: ClientBase): Connection {
  return {
    run: (statement) =>
      within(
        client,
        statement.deadlineMs ?? deadlineMs,
        client.query(queryConfig(pooled ? unnamed(statement) : statement)) as unknown as Promise<Rows>,
      ),
    async exec(sql) {
      const result: unknown = await within(client, deadlineMs, client.query(sql));
      const last = (Array.isArray(result) ? result.at(-1) : result) as Rows;
      return last.command;
    },
    copyIn: (sql, chunks) => pipeline(chunks, client.query(copyFrom(sql))),
  };
}

const unnamed = ({ name: _, ...statement }: Statement): Statement => statement;

function pipelined(server: Server, client: PoolClient, first: Statement, second: Statement): Promise<Rows> {
  const query = server.pooled ? new Pipelined(unnamed(first), unnamed(second)) : new Pipelined(first, second);
  client.query(query as unknown as Submittable);
  return within(client, second.deadlineMs ?? server.deadlineMs, query.done);
}

/**
 * Each statement on any free connection, committed at once; transactions on a connection of their own. What deadlocks or
 * fails to serialize runs again, but for the owner's transactions, whose work better-auth hangs mail on.
 */
export function poolRunner(server: Server): Runner {
  const { pool, limit } = server;
  return {
    run: (statement) =>
      repeated(() =>
        withClient(pool, (client) =>
          limit ? pipelined(server, client, limit, statement) : connection(server, client).run(statement),
        ),
      ),
    transaction(options, work) {
      const once = () =>
        withClient(pool, (client) =>
          inTransaction(connection(server, client), verbs(server, client, options), { mode: options.mode }, work),
        );
      return options.settings ? repeated(once) : once();
    },
  };
}

function verbs(server: Server, client: PoolClient, { mode, settings }: TransactionOptions): Verbs {
  const on = connection(server, client);
  const text = mode ? `begin ${mode}` : "begin";
  const begin: Statement = { name: `gatehouse_${text.replaceAll(" ", "_")}`, text, values: [], shape: "object" };
  const first = settings ? settingsStatement(settings, { limit: server.limit }) : server.limit;
  return {
    begin: () => (first ? pipelined(server, client, begin, first) : on.exec(text)),
    commit: () => on.exec("commit"),
    rollback: () => on.exec("rollback").catch(ignore),
  };
}

/** Reads only, each with the settings in one round trip and one implicit transaction. */
export function scopedRunner(server: Server, settings: TenantSettings): Runner {
  const first = settingsStatement(settings, { readOnly: true, limit: server.limit });
  return {
    run: (statement) => withClient(server.pool, (client) => pipelined(server, client, first, statement)),
    transaction: () => Promise.reject(new MisuseError("A scoped handle only reads; write through transaction()")),
  };
}
