import { type Command, InvalidArgumentError } from "commander";
import { migrate } from "../db/migrate.ts";
import { exits, note, print, Refusal, withDatabase } from "./run.ts";
import { type Span, yearOf } from "./seed-year.ts";

/** Organizations in one transaction. */
const chunk = 500;

/** `seed`: data to try the service, or a database of real size, with. */
export function seedCommand(program: Command): void {
  program
    .command("seed")
    .description(
      `Fill an empty database with organizations and a year of what they leave behind: people, sessions, keys and their usage, projects, history. The same numbers and the same day make the same rows. Nobody can sign in as one of them: make an administrator by \`admin create\`. Exits with ${exits.failed} where somebody is there already.`,
    )
    .option("--scale <organizations>", "how many organizations", organizations, 3)
    .option("--until <day>", "the last day of the year, as 2026-05-01; today where it isn't given", day)
    .action((options: { scale: number; until?: Date }) =>
      withDatabase(async (database, { server: { production } }) => {
        if (production) throw new Refusal("seed makes up data: it isn't for production");
        await migrate(database);
        const [taken] = await database.statement(
          "seed_taken",
          'select from "user" union all select from organization limit 1',
          [],
        );
        if (taken) throw new Refusal("the database isn't empty: set DATABASE_URL to another one");
        const until = options.until ?? new Date(new Date().toISOString().slice(0, 10));
        for (let from = 1; from <= options.scale; from += chunk) {
          const span: Span = { from, to: Math.min(from + chunk - 1, options.scale), until };
          await database.session(async ({ exec }) => {
            await exec(`begin; set local statement_timeout = 0; ${yearOf(span).join("; ")}; commit`);
          });
          if (span.to % 5_000 === 0) note(`${span.to} of ${options.scale} organizations`);
        }
        print(`made ${options.scale} organizations with a year of data`);
      }),
    );
}

function organizations(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1 || value > 10_000_000)
    throw new InvalidArgumentError("It must be a whole number from 1 to 10000000.");
  return value;
}

function day(text: string): Date {
  const at = new Date(text);
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(at.getTime()))
    throw new InvalidArgumentError("It must be a day such as 2026-05-01.");
  return at;
}
