import type { Command } from "commander";
import { backfillProgress, backfillStep, noteBackfills, repeatBackfill } from "../db/backfill.ts";
import { backfills } from "../db/backfills.ts";
import { migrate } from "../db/migrate.ts";
import { count } from "./maintenance.ts";
import { exits, exitWith, note, print, Refusal, withDatabase } from "./run.ts";

type Options = { run?: true; again?: string; batch: number };

/** `db backfills`: what is done to rows that are there. */
export function backfillsCommand(db: Command): void {
  db.command("backfills")
    .description(`Say how far each backfill has come. Exits with ${exits.unfinished} while one isn't finished.`)
    .option("--run", "finish them now, without the rests that a server takes")
    .option("--again <name>", "begin one again, for rows that an older release has written since")
    .option("--batch <rows>", "rows per transaction", count, 1000)
    .action(show);
}

const show = ({ run, again, batch }: Options) =>
  withDatabase(async (database) => {
    await migrate(database, { onNewer: note });
    await noteBackfills(database, backfills);
    const repeated = backfills.find(({ name }) => name === again);
    if (again !== undefined && !repeated) throw new Refusal(`there is no backfill ${again}; db backfills lists them`);
    if (repeated) await repeatBackfill(database, repeated);
    for (const it of run ? backfills : []) {
      for (let said = performance.now(), done = false; !done;) {
        const { finished, waitMs } = await backfillStep(database, it, { batch, rest: 0 });
        done = finished;
        if (!done && waitMs > 0) await Bun.sleep(waitMs);
        if (performance.now() - said < 1_000) continue;
        said = performance.now();
        for (const each of await backfillProgress(database, [it])) note(line(each));
      }
    }
    const progress = await backfillProgress(database, backfills);
    if (progress.length === 0) print("there are no backfills");
    for (const each of progress) print(line(each));
    if (progress.some(({ finished }) => !finished)) exitWith(exits.unfinished);
  });

const line = ({ name, seen, total, changed, finished }: Awaited<ReturnType<typeof backfillProgress>>[number]): string =>
  finished
    ? `${name}: finished, ${changed} rows changed`
    : `${name}: ${seen} of about ${total} rows looked at, ${changed} changed`;
