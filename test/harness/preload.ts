import { afterAll } from "bun:test";
import { closeTestDatabase, prepareTestDatabase } from "./database.ts";

// Outside any test, whose time limit the first run on a machine would exceed.
await prepareTestDatabase();
// The process's one shared database goes when its last test is done.
afterAll(closeTestDatabase);
