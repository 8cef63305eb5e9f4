/** Locks a directory, lets the garbage collector try to take the handle, and stays. */
import { lockDirectory } from "../../../../src/db/driver/directory-lock.ts";

lockDirectory(process.argv[2]!);
Bun.gc(true);
process.stdout.write("locked\n");
setInterval(() => Bun.gc(true), 10);
