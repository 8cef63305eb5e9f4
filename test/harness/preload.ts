import { afterAll } from "bun:test";
import { closeTestDatabase } from "./database.ts";

// The process's one shared database goes when its last test is done.
afterAll(closeTestDatabase);
