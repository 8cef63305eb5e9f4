/**
 * Serves one subject in this process: `bun bench/serve.ts <name> <context as JSON>`. Sends the request to repeat to
 * the process that started it, and ends with that process.
 */
import type { Context, Subject } from "./subject.ts";

const [name = "", context = "{}"] = Bun.argv.slice(2);
process.on("disconnect", () => process.exit(0));
process.on("SIGTERM", () => process.exit(0));
const { default: subject } = (await import(`./subjects/${name}.ts`)) as { default: Subject };
process.send?.(await subject.start(JSON.parse(context) as Context));
