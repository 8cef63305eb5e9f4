/**
 * Serves one subject in this process: `bun bench/serve.ts <name> <context as JSON>`. Writes the request to repeat as
 * one JSON line, and goes when its input closes, so that it never outlives the bench.
 */
import type { Context, Subject } from "./subject.ts";

const [name = "", context = "{}"] = Bun.argv.slice(2);
const { default: subject } = (await import(`./subjects/${name}.ts`)) as { default: Subject };
console.log(JSON.stringify(await subject.start(JSON.parse(context) as Context)));

for await (const _ of Bun.stdin.stream());
process.exit(0);
