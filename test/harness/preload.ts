import { afterAll, setDefaultTimeout } from "bun:test";
import { closeTestDatabase, prepareTestDatabase } from "./database.ts";

// Machines are shared; a test that hangs is still told from one that waits.
setDefaultTimeout(30_000);
// Outside any test, whose time limit the first run on a machine would exceed.
await prepareTestDatabase();
// The process's one shared database goes when its last test is done.
afterAll(closeTestDatabase);
