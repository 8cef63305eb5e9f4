import type { Command } from "commander";
import { meansProduction } from "../config.ts";
import { migrate, migrationStatus, rollback } from "../db/migrate.ts";
import { generate } from "./generate.ts";
import { push, undoPush } from "./push.ts";
import { exits, exitWith, note, print, Refusal, withDatabase } from "./run.ts";

/** `db …`: the schema's migrations and the database's health. */
export function databaseCommands(program: Command): void {
  const db = program.command("db").description("Migrations, and how the database is doing.");

  db.command("migrate")
    .description("Apply every pending migration, under a lock. What db push made is undone first.")
    .action(() =>
      withDatabase(async (database) => {
        if (await undoPush(database)) note("undid what db push had made");
        const tags = await migrate(database, { onDone: (tag) => print(`applied ${tag}`) });
        if (tags.length === 0) print("nothing to apply");
      }),
    );

  db.command("status")
    .description("Say which migrations are applied and which are pending.")
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
      withDatabase(async (database, { production }) => {
        if (production && !options.yes) throw new Refusal("db rollback loses data: in production it takes --yes");
        print(`rolled back ${await rollback(database)}`);
      }),
    );

  db.command("push")
    .description("Try the schema's changes on a development database, without a migration.")
    .action(async () => {
      if (meansProduction(process.env)) {
        throw new Refusal(
          "db push is refused in production: write a migration (db generate) and apply it (db migrate)",
        );
      }
      await withDatabase(async (database) => {
        const statements = await push(database);
        for (const statement of statements) print(statement);
        note(statements.length === 0 ? "no changes" : `ran ${statements.length} statements; db migrate undoes them`);
      });
    });

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
      `Write the migration that the schema needs, and its down file. Exits with ${exits.unfinished} when that is to be finished by hand.`,
    )
    .option("--name <name>", "what the migration does, e.g. add_tags")
    .option("--custom", "an empty migration, to be written by hand")
    .action(async (options: { name?: string; custom?: true }) => {
      const made = await generate(options);
      if (made === null) return print("no changes");
      print(`wrote drizzle/${made.tag}.sql and drizzle/down/${made.tag}.sql`);
      if (made.finished) return;
      note(`drizzle/down/${made.tag}.sql says what is to be written by hand; until then it refuses to run`);
      exitWith(exits.unfinished);
    });
}
