/**
 * Holds the README to its first screen: the commands it promises are the ones CI runs, and its `bun start` serves.
 * Starts the service with nothing set but a free port, asks /readyz, stops it, and expects a clean exit.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const startWithinMs = 60_000;

const text = await readFile(`${root}README.md`, "utf8").catch(() => fail("README.md is missing"));
const blocks = [...text.matchAll(/^```[^\n]*\n([\s\S]*?)^```/gm)];
const lines = blocks.flatMap(([, body = ""]) => body.split("\n"));
const test = command("bun test");
const start = command("bun start");

expect(test.includes("bun install"), "the README's test command runs `bun install` first");
expect(test.at(-1) === "bun test", "the README's test command ends with `bun test`, which is what CI runs");
expect(start.includes("bun install"), "the README's start command runs `bun install` first");
await serves(start.at(-1) ?? "");
console.log(`ok   readme   ${test.join(" && ")}\nok   readme   ${start.join(" && ")}`);

/** The steps of the first line in a code block that has `words`, without a prompt or a trailing comment. */
function command(words: string): string[] {
  const line = lines.find((each) => each.includes(words));
  if (line === undefined) return fail(`no code block of the README has \`${words}\``);
  return line
    .replace(/^\s*\$ /, "")
    .replace(/\s+#.*$/, "")
    .split(/&&|;/)
    .map((step) => step.trim());
}

async function serves(line: string): Promise<void> {
  expect(/^bun (run )?start$/.test(line), "the README's start command ends with `bun start`");
  const port = await freePort();
  const home = await mkdtemp(join(tmpdir(), "gatehouse-readme-"));
  // A copy of the environment without what would lead the service to a database or a mode of this machine.
  const env = { PATH: process.env.PATH ?? "", HOME: home, PORT: String(port) };
  const child = Bun.spawn([process.execPath, "run", "start"], { cwd: root, env, stdout: "pipe", stderr: "inherit" });
  const output = new Response(child.stdout).text();
  const ready = await answers(`http://127.0.0.1:${port}/readyz`, child);
  child.kill("SIGTERM");
  const status = await Promise.race([child.exited, Bun.sleep(15_000).then(() => "still running")]);
  child.kill("SIGKILL");
  await rm(home, { recursive: true, force: true });
  if (!ready || status !== 0) console.error(await output);
  expect(ready, `\`bun start\` answers /readyz within ${startWithinMs / 1000} s`);
  expect(status === 0, `after SIGTERM it ends with status 0 (got ${String(status)})`);
}

async function answers(url: string, child: { exitCode: number | null }): Promise<boolean> {
  const deadline = Date.now() + startWithinMs;
  while (Date.now() < deadline && child.exitCode === null) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return true;
    await Bun.sleep(100);
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = Bun.serve({ port: 0, fetch: () => new Response() });
  const { port = 3000 } = server;
  await server.stop(true);
  return port;
}

function expect(holds: boolean, what: string): void {
  if (!holds) fail(`not so: ${what}`);
}

function fail(message: string): never {
  console.error(`FAIL readme   ${message}`);
  process.exit(1);
}
