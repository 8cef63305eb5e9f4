import { AsyncLocalStorage } from "node:async_hooks";
import { foundationOf, handles } from "../../src/db/open.ts";
import type { Database } from "../../src/db/types.ts";
import { MisuseError } from "../../src/db/errors.ts";
import type {
  Connection,
  Rows,
  Runner,
  Statement,
  TenantSettings,
  TransactionOptions,
} from "../../src/db/driver/connection.ts";
import { settingsStatement } from "../../src/db/tenant.ts";
import { inTransaction } from "../../src/db/drizzle/transaction.ts";
import { Mutex } from "../../src/db/drizzle/mutex.ts";

const MISUSE =
  "The sandbox's database was used inside its own transaction; use the handle given to the callback. " +
  "It would deadlock on PGlite and escape the transaction on PostgreSQL.";

/** Ends a unit as COMMIT would: deferred constraints are checked now, local settings and the role are gone. */
const SETTLE = "set constraints all immediate; set constraints all deferred";
/** A savepoint stands at all times, so that reads, which change nothing, cost one round trip and no more. */
const KEEP = "release savepoint sandbox; savepoint sandbox";
const FORGET = "release savepoint sandbox; reset role; reset all; savepoint sandbox";
/** What may leave a setting or a role behind. Any other statement costs no reset, which takes as long as it does. */
const SETS = /^\s*(set|reset|do|call)\b|;\s*set\b|set_config/i;
const UNDO = "rollback to savepoint sandbox";
const CONTROL = /^\s*(begin|start\s+transaction|commit|end|rollback|abort|prepare\s+transaction)\b/i;
const READS = /^\s*select\b(?!.*\b(set_config|into|nextval|setval)\b)/is;

type Intercept = (statement: Statement) => Statement;

/** The database that the code under test holds for as long as it likes, over a new transaction for each test. */
export type Stage = {
  readonly database: Database;
  /** Runs `work` on a transaction of its own, which is undone when `work` ends or throws. */
  run<T>(work: () => Promise<T>): Promise<T>;
};

/**
 * Opens a stage on `database`. What `run` starts stays with its transaction, also when it goes on after the end: it then
 * throws, and so does what belongs to no run, such as a timer of the code under test.
 */
export function openStage(database: Database): Stage {
  const current = new AsyncLocalStorage<Ground>();
  const ground = () => {
    const found = current.getStore();
    if (!found) throw new MisuseError("The sandbox was used by what belongs to no test, such as a timer");
    return found;
  };
  return {
    database: databaseOn(database, ground, async () => {}),
    async run(work) {
      const { ground, close } = await openGround(database);
      try {
        return await current.run(ground, work);
      } finally {
        await close();
      }
    },
  };
}

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
 * - A function that writes and is called by a plain SELECT is undone when the next statement fails.
 * Such tests take `freshDatabase` instead.
 *
 * @param intercept sees each statement of the code under test, and can replace it with another.
 */
export async function openSandbox(database: Database, intercept?: Intercept): Promise<Database> {
  const { ground, close } = await openGround(database, intercept);
  return databaseOn(database, () => ground, close);
}

async function openGround(
  database: Database,
  intercept: Intercept = (statement) => statement,
): Promise<{ ground: Ground; close: () => Promise<void> }> {
  const opened = Promise.withResolvers<Connection>();
  const closing = Promise.withResolvers<void>();
  const held = database.session(async (connection) => {
    await connection.exec("begin; savepoint sandbox");
    opened.resolve(connection);
    await closing.promise;
    await connection.exec("rollback");
  });
  held.catch(opened.reject);
  const ground = new Ground(await opened.promise, intercept);
  const close = () => {
    ground.ended = true;
    closing.resolve();
    return held;
  };
  return { ground, close };
}

const foundations = new WeakMap<Database, ReturnType<typeof foundationOf>>();

/** @param at where the code under test is now; throws where it is nowhere. */
function databaseOn(database: Database, at: () => Ground, close: () => Promise<void>): Database {
  let on = foundations.get(database);
  if (!on) foundations.set(database, (on = foundationOf({ schema: database.db._.fullSchema })));
  const owner: Runner = {
    run: async (statement) => at().run(statement),
    transaction: async (options, work) => at().transaction(options, work),
  };
  const scoped = (settings: TenantSettings): Runner => ({
    run: async (statement) => at().read(settings, statement),
    transaction: () => Promise.reject(new MisuseError("A scoped handle only reads; write through transaction()")),
  });
  return {
    kind: database.kind,
    ...handles(on, owner, scoped),
    session: async (work) => at().session(work),
    listen: () => Promise.reject(new Error("A sandbox hears nothing: its commits never come")),
    stats: () => ({ max: 1, total: 1, idle: at().turns.busy ? 0 : 1, waiting: at().turns.waiting }),
    close,
  };
}

/** Where the code under test believes it autocommits. */
class Ground implements Runner {
  readonly turns = new Mutex(MISUSE);
  ended = false;
  readonly #connection: Connection;
  #set = false;

  constructor(connection: Connection, intercept: Intercept) {
    const heed = (text: string) => void (this.#set ||= SETS.test(text));
    this.#connection = {
      run: (statement) => this.#refused(statement.text) ?? (heed(statement.text), connection.run(intercept(statement))),
      exec: (sql) => this.#refused(sql, false) ?? (heed(sql), connection.exec(sql)),
      copyIn: connection.copyIn,
    };
  }

  run(statement: Statement): Promise<Rows> {
    const work = () => this.#connection.run(statement);
    return this.turns.run(() => (READS.test(statement.text) ? this.#undoneOnError(work) : this.#unit(work)));
  }

  transaction<T>(options: TransactionOptions, work: (inner: Runner) => Promise<T>): Promise<T> {
    const { exec } = this.#connection;
    const readOnly = options.mode?.includes("read only");
    const verbs = {
      begin: async () => void (readOnly && (await exec("set transaction read only"))),
      commit: () => this.#keep(),
      rollback: () => exec(UNDO).catch(() => {}),
    };
    return this.turns.runGuarded(() => inTransaction(this.#connection, verbs, options, work));
  }

  /** Reads as a tenant, and leaves no setting behind. */
  read(settings: TenantSettings, statement: Statement): Promise<Rows> {
    return this.turns.run(async () => {
      try {
        await this.#connection.run(settingsStatement(settings, { readOnly: true }));
        return await this.#connection.run(statement);
      } finally {
        if (!this.ended) await this.#connection.exec(UNDO);
      }
    });
  }

  session<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.turns.runGuarded(() =>
      work({
        run: (statement) => this.#unit(() => this.#connection.run(statement)),
        exec: (sql) => this.#refused(sql) ?? this.#unit(() => this.#connection.exec(sql)),
        copyIn: (sql, chunks) => this.#unit(() => this.#connection.copyIn(sql, chunks)),
      }),
    );
  }

  #unit<T>(work: () => Promise<T>): Promise<T> {
    return this.#undoneOnError(async () => {
      const result = await work();
      await this.#keep();
      return result;
    });
  }

  async #keep(): Promise<string> {
    const command = await this.#connection.exec(`${SETTLE}; ${this.#set ? FORGET : KEEP}`);
    this.#set = false;
    return command;
  }

  async #undoneOnError<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (err) {
      await this.#connection.exec(UNDO).catch(() => {});
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
