import { OperatorError } from "../core/operator-error.ts";
import { MigrationError } from "../db/migration-files.ts";
import { NotEmptyError, rebuild } from "../db/rebuild.ts";
import type { Database } from "../db/types.ts";
import type { Progress } from "./backup.ts";
import { atOneMoment, contentsOf, copyInto, rows } from "./embedded.ts";

/**
 * Copies all that an embedded database holds into an empty one on PostgreSQL, which is as it was where anything fails. The
 * embedded one isn't changed.
 *
 * @returns how many rows each table has.
 * @throws OperatorError where the target isn't empty, or the source is of another release.
 */
export function promote(source: Database, target: Database, progress: Progress): Promise<ReadonlyMap<string, number>> {
  return source.session((from) =>
    atOneMoment(from, async () => {
      const { schema, sequences, tables } = await contentsOf(from);
      const counts = new Map(tables.map((table) => [table.name, table.rows]));
      try {
        await rebuild(target, {
          applied: schema,
          sequences,
          counts,
          force: false,
          async fill(on) {
            for (const table of tables) {
              progress(table.name);
              if (table.rows > 0) await copyInto(on, table, rows(source, table));
            }
          },
        });
      } catch (err) {
        if (err instanceof NotEmptyError)
          throw new OperatorError("the database to move to isn't empty: name an empty one", { cause: err });
        if (err instanceof MigrationError)
          throw new OperatorError(`the embedded database can't be moved: ${err.message}`, { cause: err });
        throw err;
      }
      return counts;
    }),
  );
}
