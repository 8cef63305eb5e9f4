import { type Connection, type Database, foundationOf, handles, type Rows } from "../../src/db/client.ts";
import { MisuseError } from "../../src/db/errors.ts";
import type { Runner, Statement, TransactionOptions } from "../../src/db/runner.ts";
import { type Settings, settingsStatement } from "../../src/db/settings.ts";
import { inTransaction } from "../../src/db/transaction.ts";
import { Turns } from "../../src/db/turns.ts";

const MISUSE =
  "The sandbox's database was used inside its own transaction; use the handle given to the callback. " +
  "It would deadlock on PGlite and escape the transaction on PostgreSQL.";

/** Ends a unit as COMMIT would: deferred constraints are checked now, local settings and the role are gone. */
const SETTLE = "set constraints all immediate; set constraints all deferred";
const FORGET = "reset role; reset all";
const UNDO = "rollback to savepoint sandbox; release savepoint sandbox";
const CONTROL = /^\s*(begin|start\s+transaction|commit|end|rollback|abort|prepare\s+transaction)\b/i;

const foundations = new WeakMap<Database, ReturnType<typeof foundationOf>>();

/**
 * Opens a database on which everything is undone by `close`: one connection of `database`, one transaction that never
 * commits. Each statement and each transaction of the code under test is a savepoint of it, so a failed statement spoils
 * nothing else. Statements and transactions started at the same time run one after another. Throws, from whatever was
 * called, when the database is used inside its own transaction, and after `close` (work that the test left behind).
 *
 * It can't show what only a commit, a second connection or time shows:
 * - `now()` stands still from the start of the test; order by `clock_timestamp()` or by times made in JavaScript.
 * - NOTIFY is never delivered, sequences don't go back, and nothing is seen by another connection.
 * - There is no concurrency: no lock is waited for, no isolation level is applied, no race is lost.
 * - Deferred constraints are checked at the end of each unit, but those declared INITIALLY IMMEDIATE are deferred too.
 * - A session-wide SET ends with its statement or transaction. BEGIN and COMMIT as text are refused.
 * Such tests take `freshDatabase` instead.
 */
export async function openSandbox(database: Database): Promise<Database> {
  const opened = Promise.withResolvers<Connection>();
  const closing = Promise.withResolvers<void>();
  const held = database.session(async (connection) => {
    await connection.exec("begin");
    opened.resolve(connection);
    await closing.promise;
    await connection.exec("rollback");
  });
  held.catch(opened.reject);
  const ground = new Ground(await opened.promise);
  let on = foundations.get(database);
  if (!on) foundations.set(database, (on = foundationOf({ schema: database.db._.fullSchema })));
  return {
    kind: database.kind,
    ...handles(on, ground, (settings) => ground.scoped(settings)),
    session: (work) => ground.session(work),
    listen: () => Promise.reject(new Error("A sandbox hears nothing: its commits never come")),
    stats: () => ({ max: 1, total: 1, idle: ground.turns.busy ? 0 : 1, waiting: ground.turns.waiting }),
    close() {
      ground.ended = true;
      closing.resolve();
      return held;
    },
  };
}

/** Where the code under test believes it autocommits. */
class Ground implements Runner {
  readonly turns = new Turns(MISUSE);
  ended = false;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = {
      run: (statement) => this.#refused(statement.text) ?? connection.run(statement),
      exec: (sql) => this.#refused(sql, false) ?? connection.exec(sql),
    };
  }

  run(statement: Statement): Promise<Rows> {
    const settle = /^\s*select\b/i.test(statement.text) ? "" : `${SETTLE};`;
    return this.turns.take(() => this.#unit(settle, () => this.#connection.run(statement)));
  }

  transaction<T>(options: TransactionOptions, work: (inner: Runner) => Promise<T>): Promise<T> {
    const { exec } = this.#connection;
    const readOnly = options.mode?.includes("read only") ? "; set transaction read only" : "";
    const verbs = {
      begin: () => exec(`savepoint sandbox${readOnly}`),
      commit: () => exec(`${SETTLE}; release savepoint sandbox; ${FORGET}`),
      rollback: () => exec(UNDO).catch(() => {}),
    };
    return this.turns.hold(() => inTransaction(this.#connection, verbs, options, work));
  }

  scoped(settings: Settings): Runner {
    return {
      run: (statement) =>
        this.turns.take(async () => {
          await this.#connection.exec("savepoint sandbox");
          try {
            await this.#connection.run(settingsStatement(settings, true));
            return await this.#connection.run(statement);
          } finally {
            if (!this.ended) await this.#connection.exec(UNDO);
          }
        }),
      transaction: () => Promise.reject(new MisuseError("A scoped handle only reads; write through transaction()")),
    };
  }

  session<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.turns.hold(() =>
      work({
        run: (statement) => this.#unit(`${SETTLE};`, () => this.#connection.run(statement)),
        exec: (sql) => this.#refused(sql) ?? this.#unit(`${SETTLE};`, () => this.#connection.exec(sql)),
      }),
    );
  }

  async #unit<T>(settle: string, work: () => Promise<T>): Promise<T> {
    const { exec } = this.#connection;
    await exec("savepoint sandbox");
    try {
      const result = await work();
      await exec(`${settle} release savepoint sandbox; ${FORGET}`);
      return result;
    } catch (err) {
      await exec(UNDO).catch(() => {});
      throw err;
    }
  }

  #refused(text: string, control = true): Promise<never> | undefined {
    if (this.ended)
      return Promise.reject(new MisuseError(`A query was leaked: it was sent after the sandbox had ended (${text})`));
    if (control && CONTROL.test(text))
      return Promise.reject(new MisuseError(`The sandbox can't run "${text}" as text; use transaction() instead`));
    return undefined;
  }
}
