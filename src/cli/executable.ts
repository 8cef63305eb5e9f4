/** The entry of the executable: serves, or runs one command. */
// What verifies passkeys looks for it when it is loaded, which in one file is before it loads it itself.
import "reflect-metadata";
import { start } from "../server.ts";

const [, , command] = process.argv;
if (command === undefined || command === "serve") await start();
else await import("./index.ts");
