import type { Connection, Database } from "../db/client.ts";
import { migrate } from "../db/migrate.ts";
import { lastSnapshot, presentSnapshot } from "./generate.ts";
import { undoOf, withGrants } from "./migration-sql.ts";
import { Refusal } from "./run.ts";

/**
 * Makes what the schema has and no migration does yet, for trying it out. What an earlier push made is undone first,
 * and how to undo this one is kept in the database, so that a migration can follow.
 *
 * @returns the statements that were run; none where the last push made the same.
 * @throws Refusal for a change that drops or alters something, which only a migration can be trusted with.
 */
export async function push(database: Database): Promise<string[]> {
  const { generateMigration } = await import("drizzle-kit/api");
  const [before, after] = [await lastSnapshot(), await presentSnapshot()];
  const made = await generateMigration(before as never, after as never).catch((err: Error) => {
    throw new Refusal(`something may have been renamed, so write a migration (db generate): ${err.message}`);
  });
  const statements = withGrants(made.map((statement) => statement.trim()));
  const undo = undoOf(statements);
  if (undo.byHand.length > 0) {
    throw new Refusal(`db push only adds; write a migration (db generate) for:\n${undo.byHand.join("\n")}`);
  }
  if (Bun.deepEquals((await pushed(database))?.made, statements)) return [];
  await undoPush(database);
  await migrate(database);
  if (statements.length > 0) {
    await database.session((on) =>
      transaction(on, async () => {
        for (const statement of statements) await on.exec(statement);
        await on.exec("create table if not exists gatehouse.schema_push (made text[] not null, undo text[] not null)");
        const text = "insert into gatehouse.schema_push (made, undo) values ($1, $2)";
        await on.run({ text, values: [statements, undo.statements], shape: "object" });
      }),
    );
  }
  return statements;
}

/** Undoes what the last push made, with the data in it. @returns whether there was a push. */
export async function undoPush(database: Database): Promise<boolean> {
  const last = await pushed(database);
  if (!last) return false;
  await database.session((on) =>
    transaction(on, async () => {
      for (const statement of last.undo) await on.exec(statement);
      await on.exec("drop table gatehouse.schema_push");
    }),
  );
  return true;
}

type Push = { made: string[]; undo: string[] };

/** What the last push made and how to undo it. */
async function pushed(database: Database): Promise<Push | undefined> {
  const [table] = await database.statement<{ there: boolean }>(
    "schema_push_there",
    "select to_regclass('gatehouse.schema_push') is not null as there",
    [],
  );
  if (!table?.there) return undefined;
  const [push] = await database.statement<Push>("schema_push", "select made, undo from gatehouse.schema_push", []);
  return push;
}

async function transaction(on: Connection, work: () => Promise<void>): Promise<void> {
  await on.exec("begin");
  try {
    await work();
    await on.exec("commit");
  } catch (err) {
    await on.exec("rollback").catch(() => {});
    throw err;
  }
}
