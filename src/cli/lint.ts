import type { Command } from "commander";
import { type Migration, readMigrations } from "../db/migration-files.ts";
import { lint } from "./migration-lint.ts";
import { exits, print, Refusal } from "./run.ts";

/** `db lint`: migrations read as a service that runs would meet them. */
export function lintCommand(db: Command): void {
  db.command("lint")
    .description(
      `Say what in a migration would stop a service that runs, or the release before it, and what to write instead. Exits with ${exits.failed} where something would.`,
    )
    .argument("[tags...]", "migrations to look at (default: all)")
    .action(async (tags: string[]) => {
      const migrations = await readMigrations();
      const unknown = tags.find((tag) => migrations.every((each) => each.tag !== tag));
      if (unknown !== undefined) throw new Refusal(`there is no migration ${unknown}; db status lists them`);
      const chosen = migrations.filter(({ tag }) => tags.length === 0 || tags.includes(tag));
      const lines = chosen.flatMap(findingsOf);
      if (lines.length === 0) return print(`nothing found in ${chosen.length} migrations`);
      for (const line of lines) print(line);
      throw new Refusal("mend them, or say at the top of the file `-- accept RULE: why it does no harm`");
    });
}

/** What is found in a migration, a line each: place, rule, advice. */
export const findingsOf = ({ tag, sql, header }: Pick<Migration, "tag" | "sql" | "header">): string[] =>
  lint(sql, header).map(({ line, rule, advice }) => `drizzle/${tag}.sql:${line} ${rule}: it ${advice}`);
