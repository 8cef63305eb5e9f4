import type { Connection, Rows, Runner, Statement, TransactionOptions } from "../driver/connection.ts";
import { MisuseError } from "../errors.ts";
import { settingsStatement } from "../tenant.ts";
import { Mutex } from "./mutex.ts";

/** How a transaction starts and ends on its connection. `rollback` must not throw. */
export type Verbs = {
  begin(): Promise<unknown>;
  commit(): Promise<string>;
  rollback(): Promise<unknown>;
};

const outerHandle =
  "The outer transaction handle was used while its nested transaction runs; use the handle given to the callback";

/** What all levels of one transaction share: the connection, the savepoint counter, the statement under way. */
class Line {
  savepoints = 0;
  #underWay: Promise<unknown> = Promise.resolve();
  constructor(readonly connection: Connection) {}

  send<T>(work: () => Promise<T>): Promise<T> {
    const sent = work();
    this.#underWay = sent.catch(() => {});
    return sent;
  }

  quiet(): Promise<unknown> {
    return this.#underWay;
  }
}

class Level implements Runner {
  readonly #turns = new Mutex(outerHandle);
  #ended = false;
  failure: unknown;

  constructor(
    readonly line: Line,
    readonly parent?: Level,
  ) {}

  get ended(): boolean {
    return this.#ended || (this.parent?.ended ?? false);
  }

  run(statement: Statement): Promise<Rows> {
    return this.#turns.run(() => this.send(() => this.line.connection.run(statement)));
  }

  transaction<T>(options: TransactionOptions, work: (inner: Runner) => Promise<T>): Promise<T> {
    return this.#turns.runGuarded(() => {
      const name = `sp_${++this.line.savepoints}`;
      const exec = (sql: string) => this.send(() => this.line.connection.exec(sql));
      const verbs: Verbs = {
        begin: () => exec(`savepoint ${name}`),
        commit: () => exec(`release savepoint ${name}`),
        rollback: () => exec(`rollback to savepoint ${name}; release savepoint ${name}`).catch(() => {}),
      };
      return perform(new Level(this.line, this), verbs, options, work);
    });
  }

  async send<T>(work: () => Promise<T>): Promise<T> {
    if (this.ended) throw new MisuseError("The transaction has ended; a statement of it was not awaited");
    try {
      return await this.line.send(work);
    } catch (err) {
      this.failure ??= err;
      throw err;
    }
  }

  end(): Promise<unknown> {
    this.#ended = true;
    return this.line.quiet();
  }
}

async function perform<T>(
  level: Level,
  verbs: Verbs,
  { settings }: TransactionOptions,
  work: (inner: Runner) => Promise<T>,
): Promise<T> {
  try {
    await verbs.begin();
    if (settings) await level.run(settingsStatement(settings));
    const result = await work(level);
    await level.end();
    if (level.failure) throw swallowed(level.failure);
    if ((await verbs.commit()) === "ROLLBACK") throw swallowed(undefined);
    return result;
  } catch (err) {
    await level.end();
    await verbs.rollback();
    throw err;
  }
}

// PostgreSQL answers COMMIT of a failed transaction by rolling back without an error.
const swallowed = (cause: unknown) =>
  new Error("The transaction was rolled back: a statement in it failed and the error was not passed on", { cause });

/**
 * Runs `work` in a transaction on `connection`, between the given verbs. Nested transactions are savepoints; those
 * started at the same time run one after the other. Statements sent after the end, or by the outer handle inside a
 * nested transaction, throw. Throws what `work` throws, after rolling back.
 */
export function inTransaction<T>(
  connection: Connection,
  verbs: Verbs,
  options: TransactionOptions,
  work: (inner: Runner) => Promise<T>,
): Promise<T> {
  return perform(new Level(new Line(connection)), verbs, options, work);
}
