/** Writes rows into the embedded database of a directory for ever, and prints each one's id once it is acknowledged. */
import { openDatabase } from "../../../../src/db/open.ts";
import * as schema from "../../../../src/schema.ts";
import { migratedSnapshot } from "../../../harness/pglite.ts";

const database = await openDatabase({ url: `pglite:${process.argv[2]}`, schema, snapshot: await migratedSnapshot() });
await database.statement("table", "create table kept (id int primary key)", []);
for (let id = 1; ; id++) {
  await database.statement("keep", "insert into kept values ($1)", [id]);
  process.stdout.write(`${id}\n`);
}
