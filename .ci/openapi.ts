/**
 * Lints the OpenAPI document that the server serves: Spectral's rules for OpenAPI and Redocly's, of which none may find
 * anything. Prints what they find, and exits 1.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Spectral } from "@stoplight/spectral-core";
import { oas } from "@stoplight/spectral-rulesets";
import { spawn } from "bun";

const bun = process.execPath;

/** Runs a program without a terminal. Both of its streams are one text. */
async function run(...command: string[]): Promise<{ ok: boolean; out: string; err: string }> {
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  const child = spawn(command, { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { ok: status === 0, out, err };
}

const described = await run(bun, "src/cli/index.ts", "openapi");
if (!described.ok) {
  console.error(described.err);
  process.exit(1);
}

const spectral = new Spectral();
// Whom to ask about an instance is its operator's to say.
spectral.setRuleset({ extends: [[oas as never, "recommended"]], rules: { "info-contact": "off" } });
const found = await spectral.run(JSON.parse(described.out) as Record<string, unknown>);
for (const { code, path, message } of found) console.error(`spectral ${code} at ${path.join(".")}: ${message}`);

const file = join(tmpdir(), `gatehouse-openapi-${process.pid}.json`);
await Bun.write(file, described.out);
const redocly = await run(bun, "--bun", "node_modules/.bin/redocly", "lint", "--config=.redocly.yaml", file);
await Bun.file(file).delete();
if (!redocly.ok) console.error(redocly.out, redocly.err);

process.exit(found.length === 0 && redocly.ok ? 0 : 1);
