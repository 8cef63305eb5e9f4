import type { Connection, Statement } from "./driver/connection.ts";
import { sqlState } from "./errors.ts";
import { MigrationError } from "./migration-files.ts";
import { pollMs, query } from "./migration-lock.ts";
import { sqlStatements } from "./sql-text.ts";

export const breakpoint = "--> statement-breakpoint";

/** What is run, and what is then noted of it in the same transaction. */
export type Step = {
  readonly tag: string;
  readonly sql: string;
  /** Whether all of it is one transaction. */
  readonly together: boolean;
  readonly record: Pick<Statement, "text" | "values">;
};

// A lock that is waited for makes everybody else wait behind it: it is given up, and tried for again a little later.
const patience = "set local lock_timeout = '2s'";
const passing = new Set(["55P03", "40P01"]);

/**
 * Runs one step.
 *
 * @param waitMs how many milliseconds to try for the locks that a transaction needs.
 * @throws MigrationError which says what failed and what of it was kept.
 */
export async function apply(connection: Connection, step: Step, waitMs: number): Promise<void> {
  if (!step.together) return applyOneByOne(connection, step);
  for (const until = Date.now() + waitMs; ; await Bun.sleep(pollMs)) {
    try {
      return await applyTogether(connection, step);
    } catch (err) {
      if (!passing.has(sqlState(err) ?? "") || Date.now() > until) throw err;
    }
  }
}

async function applyTogether(connection: Connection, { tag, sql, record }: Step): Promise<void> {
  const parts = partsOf(sql);
  let number = 0;
  try {
    await connection.exec(`begin; ${patience}`);
    for (const part of parts) {
      number++;
      await connection.exec(part);
    }
    await query(connection, record.text, [...record.values]);
    await connection.exec("commit");
  } catch (err) {
    await connection.exec("rollback").catch(() => {});
    throw failure(tag, `statement ${number} of ${parts.length}, nothing of it was kept`, err);
  }
}

// Nothing notes how far it came. Whatever was cut off is run again from its first statement, so each can be repeated.
async function applyOneByOne(connection: Connection, { tag, sql, record }: Step): Promise<void> {
  const parts = partsOf(sql);
  let number = 0;
  try {
    for (const part of parts) {
      number++;
      if (!(await isBuilt(connection, part))) await connection.exec(part);
    }
    await query(connection, record.text, [...record.values]);
  } catch (err) {
    throw failure(tag, `statement ${number} of ${parts.length}, the statements before it were kept`, err);
  }
}

const concurrently = /^create (?:unique )?index concurrently (?:if not exists )?(?:"([^"]+)"|([\w]+)) on /i;

/** The name of the index that a statement builds without a lock; undefined where it does something else. */
export const indexBuiltBy = (sql: string): string | undefined => {
  const [, quoted, plain] = concurrently.exec(sqlStatements(sql)[0]?.text ?? "") ?? [];
  return quoted ?? plain?.toLowerCase();
};

/** Whether the index that a statement builds is there already. One whose building was cut off is dropped. */
async function isBuilt(connection: Connection, part: string): Promise<boolean> {
  const name = indexBuiltBy(part);
  if (name === undefined) return false;
  const text = `select i.indisvalid as valid, format('%I.%I', c.relnamespace::regnamespace, c.relname) as index
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where c.relname = $1 and c.relnamespace = current_schema()::regnamespace`;
  const [found] = await query<{ valid: boolean; index: string }>(connection, text, [name]);
  if (found && !found.valid) await connection.exec(`drop index concurrently ${found.index}`);
  return found?.valid ?? false;
}

const partsOf = (sql: string): string[] => sql.split(breakpoint).filter((part) => part.trim() !== "");

function failure(tag: string, where: string, cause: unknown): MigrationError {
  const { message, hint } = cause as Error & { hint?: string };
  const why = hint === undefined ? message : `${message}. ${hint}`;
  return new MigrationError(`Migration ${tag} failed at ${where}: ${why}`, { cause });
}
