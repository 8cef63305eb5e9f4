import type { Command } from "commander";
import { migrate, migrationStatus, rollback } from "../db/migrate.ts";
import { backupCommands, run as runBackup } from "./backup.ts";
import { backfillsCommand } from "./backfills.ts";
import { drift, generate } from "./generate.ts";
import { lintCommand } from "./lint.ts";
import type { Database } from "../db/types.ts";
import { exits, exitWith, note, print, Refusal, withDatabase } from "./run.ts";

/** `db …`: the schema's migrations and the database's health. */
export function databaseCommands(program: Command): void {
  const db = program.command("db").description("Migrations, and how the database is doing.");

  db.command("migrate")
    .description("Apply every pending migration, and the guards where they changed, under a lock.")
    .option("--backup", "make a backup first, where something is pending")
    .action(async (options: { backup?: true }) => {
      if (options.backup && (await withDatabase(isPending))) await runBackup({});
      await withDatabase(async (database) => {
        const said = { onDone: (tag: string) => print(`applied ${tag}`), onNewer: note };
        const tags = await migrate(database, { ...said, restoreGuards: true });
        if (tags.length === 0) print("nothing to apply");
      });
    });

  backupCommands(db);

  db.command("status")
    .description("Say which migrations are applied and which are pending, and whether the guards are.")
    .option("--json", "as JSON")
    .option("--exit-code", `exit with ${exits.unfinished} when one is pending`)
    .action((options: { json?: true; exitCode?: true }) =>
      withDatabase(async (database) => {
        const status = await migrationStatus(database);
        if (options.json) print(JSON.stringify(status));
        else
          for (const { tag, appliedAt } of status) print(`${appliedAt?.toISOString() ?? "pending".padEnd(24)}  ${tag}`);
        if (options.exitCode && status.some(({ appliedAt }) => appliedAt === null)) exitWith(exits.unfinished);
      }),
    );

  db.command("rollback")
    .description("Undo the last applied migration by its down file. What it made is lost.")
    .option("--yes", "also in production")
    .action((options: { yes?: true }) =>
      withDatabase(async (database, { server: { production } }) => {
        if (production && !options.yes) throw new Refusal("db rollback loses data: in production it takes --yes");
        print(`rolled back ${await rollback(database)}`);
      }),
    );

  db.command("health")
    .description(
      `Say whether the database answers, how fast, and what it lacks. Exits with ${exits.failed} when it doesn't.`,
    )
    .option("--json", "as JSON")
    .action((options: { json?: true }) =>
      withDatabase(async (database) => {
        await database.ping();
        const started = performance.now();
        await database.ping();
        const ms = Math.round((performance.now() - started) * 100) / 100;
        const [server] = await database.statement<{ version: string }>(
          "server_version",
          "select current_setting('server_version') as version",
          [],
        );
        const pending = (await migrationStatus(database)).filter(({ appliedAt }) => appliedAt === null).length;
        const health = { kind: database.kind, version: server?.version, ms, pool: database.stats(), pending };
        print(
          options.json
            ? JSON.stringify(health)
            : `${health.kind} ${health.version} answers in ${ms} ms, pool of ${health.pool.max}, ${pending} migrations pending`,
        );
      }),
    );

  db.command("generate")
    .description(
      `Write the migration that the schema needs, and its down file. Exits with ${exits.unfinished} when one of them is to be finished by hand.`,
    )
    .option("--name <name>", "what the migration does, e.g. add_tags")
    .option("--custom", "an empty migration, to be written by hand")
    .option("--check", `write nothing: say how the migrations differ from the schema, and exit with ${exits.failed}`)
    .action(async (options: { name?: string; custom?: true; check?: true }) => {
      if (options.check) {
        const lines = await drift();
        if (lines.length === 0) return print("no drift");
        throw new Refusal(`the migrations in drizzle/ are not what the schema says:\n  ${lines.join("\n  ")}`);
      }
      const made = await generate(options);
      if (made === null) return print("no changes");
      print(`wrote drizzle/${made.tag}.sql and drizzle/down/${made.tag}.sql`);
      for (const finding of made.findings) note(finding);
      if (!made.finished)
        note(`drizzle/down/${made.tag}.sql says what is to be written by hand; until then it refuses to run`);
      if (made.findings.length > 0 || !made.finished) exitWith(exits.unfinished);
    });

  lintCommand(db);
  backfillsCommand(db);
}

/** Whether a database that has something already lacks a migration. */
async function isPending(database: Database): Promise<boolean> {
  const status = await migrationStatus(database);
  return status.some(({ appliedAt }) => appliedAt === null) && status.some(({ appliedAt }) => appliedAt !== null);
}
