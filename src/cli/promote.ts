import type { Command } from "commander";
import { promote } from "../backup/promote.ts";
import { explain } from "../ops/explain.ts";
import { openAt } from "./open.ts";
import { tableProgress } from "./progress.ts";
import { config, note, print, Refusal, withDatabase } from "./run.ts";

/** `promote`: from the embedded database to PostgreSQL. */
export function promoteCommand(program: Command): void {
  program
    .command("promote")
    .description(
      "Copy an embedded database, with everybody signed in and every key, into an empty one on PostgreSQL. Stop the server first.",
    )
    .argument("<url>", "postgres://user:password@host:5432/database; PostgreSQL itself, not a pooler")
    .action(move);
}

async function move(url: string): Promise<void> {
  const settings = config();
  if (!settings.database.url.startsWith("pglite:"))
    throw new Refusal("DATABASE_URL leads to PostgreSQL already: set it to the embedded database that is to be moved");
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url))
    throw new Refusal("the database to move to must look like postgres://user:password@host:5432/database");
  await withDatabase(async (source) => {
    const target = await openAt(settings)(url);
    const progress = tableProgress("moving");
    try {
      const counts = await promote(source, target, progress.table).finally(progress.end);
      const total = [...counts.values()].reduce((sum, rows) => sum + rows, 0);
      print(`moved ${total} rows of ${counts.size} tables, ${counts.get("user") ?? 0} people among them`);
    } catch (err) {
      throw new Refusal(explain(err, { url }).replaceAll("DATABASE_URL", "the URL"), { cause: err });
    } finally {
      await target.close();
    }
  });
  note(
    `Now set DATABASE_URL to that database, and start the server. The embedded one stays as it is; remove it later.`,
  );
  note(
    settings.signIn.secret
      ? "Keep AUTH_SECRET as it is: sessions, second factors and what is queued need it."
      : `Take the secret along, which sessions, second factors and what is queued need: AUTH_SECRET=$(cat ${settings.server.stateDirectory}/secret)`,
  );
}
