import { afterAll } from "bun:test";
import { closeTestDatabase } from "./database.ts";

afterAll(closeTestDatabase);
