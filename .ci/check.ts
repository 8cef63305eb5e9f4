/**
 * `bun run check [step…]`: format, lint, types, drift and safety of migrations, known vulnerabilities, tests. What CI runs is this and nothing else.
 * Prints one line per step, then what every failed step said (of tests: those that failed) and the command that mends it; exits 1 if any failed.
 * With TEST_DATABASE_URL set the tests run on that PostgreSQL, otherwise on PGlite.
 */
import { existsSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { failures } from "./failures.ts";

interface Step {
  name: string;
  about: string;
  command: string[];
  /** What a person types to mend it, or to see the failure alone. */
  mend: string;
  /** Runs tests, whose counts it ends with. */
  tests?: boolean;
  /** Shows its last line also when it passes. */
  speaks?: boolean;
}

interface Outcome {
  ok: boolean;
  output: string;
  seconds: number;
  counts?: Counts;
}

interface Counts {
  pass: number;
  fail: number;
  skip: number;
}

const root = new URL("..", import.meta.url).pathname;
const bun = process.execPath;

// The tools are started through Bun, so a machine without Node can run every step.
const tool = (name: string, ...args: string[]) => [bun, "--bun", `node_modules/.bin/${name}`, ...args];
const present = (...paths: string[]) => paths.filter((path) => existsSync(root + path));
const code = present("src", "test", "bench", "examples", "deploy", ".ci", "drizzle.config.ts");

const database = process.env.TEST_DATABASE_URL ? "PostgreSQL" : "PGlite";
/**
 * The slow tests that a database is left out of. Pages show what the API says, whichever is behind it: PGlite is enough.
 * What strangers send, and what many connections and replicas do at once, is for the server that they are many at.
 */
const leftOut = process.env.TEST_DATABASE_URL
  ? "test/browser/**"
  : "test/{contract,journeys,limits,races,verify}/**/*.slow.test.ts";

const steps: Step[] = [
  {
    name: "format",
    about: "oxfmt finds nothing to change",
    command: tool("oxfmt", "--check", ...code),
    mend: "bun run format",
  },
  {
    name: "lint",
    about: "oxlint, with types, finds nothing",
    command: tool("oxlint", "--type-aware", "--deny-warnings", ...code),
    mend: "bun run lint",
  },
  { name: "types", about: "tsc accepts the project", command: tool("tsc", "--noEmit"), mend: "bun run types" },
  {
    name: "drift",
    about: "the migrations say what the schema says",
    command: [bun, "src/cli/index.ts", "db", "generate", "--check"],
    mend: "bun run db:generate",
  },
  {
    name: "upgrade",
    about: "no migration would stop a service that runs, or the release before it",
    command: [bun, "src/cli/index.ts", "db", "lint"],
    mend: "bun run cli db lint",
  },
  {
    name: "openapi",
    about: "Spectral and Redocly find nothing in the OpenAPI document",
    command: [bun, ".ci/openapi.ts"],
    mend: "bun .ci/openapi.ts",
  },
  {
    name: "audit",
    about: "the registry knows of no vulnerability in what is pinned",
    command: [bun, ".ci/audit.ts"],
    mend: "bun audit",
    speaks: true,
  },
  {
    name: "test",
    about: `bun test, on ${database}`,
    command: [bun, "test", "--parallel=2", "--no-isolate"],
    tests: true,
    mend: "bun test; where a snapshot says what is meant to change: bun test --update-snapshots contract/policy contract/problems",
  },
  {
    name: "slow",
    about: `the tests that take long, on ${database}`,
    // bunfig.toml leaves these files out; another pattern takes them in again.
    command: [bun, "test", `--path-ignore-patterns=${leftOut}`, "slow.test", "--parallel=2", "--no-isolate"],
    tests: true,
    mend: "bun run test:all slow.test, or with a part of one file's path",
  },
  {
    name: "adapter",
    about: `better-auth's suites for adapters, on ${database}`,
    command: [bun, ".ci/adapter.ts"],
    tests: true,
    mend: "bun .ci/adapter.ts; what the adapter is to refuse is listed in test/auth/store/suites/refused.ts",
  },
];

const { values, positionals } = parseArgs({
  args: Bun.argv.slice(2),
  allowPositionals: true,
  options: { help: { type: "boolean", short: "h" }, counts: { type: "string" } },
});

if (values.help) {
  console.log("Usage: bun run check [step…] [--counts FILE]\n");
  for (const step of steps) console.log(`  ${step.name.padEnd(8)} ${step.about}`);
  console.log("\n  --counts FILE   append the tests' counts to FILE as a line `pass fail skip`");
  process.exit(0);
}

const unknown = positionals.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`no such step: ${unknown.join(", ")} (there are ${steps.map((step) => step.name).join(", ")})`);
  process.exit(2);
}

const failed: { step: Step; outcome: Outcome }[] = [];
for (const step of steps.filter((each) => positionals.length === 0 || positionals.includes(each.name))) {
  const outcome = await run(step);
  if (!outcome.ok) failed.push({ step, outcome });
  const { counts } = outcome;
  if (counts && values.counts) await appendFile(values.counts, `${counts.pass} ${counts.fail} ${counts.skip}\n`);
  const tally = counts ? `  ${counts.pass} passed, ${counts.fail} failed, ${counts.skip} skipped` : "";
  const said = step.speaks && outcome.ok ? `  (${outcome.output.trim().split("\n").at(-1)})` : "";
  const label = outcome.ok ? "ok  " : "FAIL";
  console.log(
    `${label} ${step.name.padEnd(7)} ${outcome.seconds.toFixed(1).padStart(6)}s  ${step.about}${tally}${said}`,
  );
}

for (const { step, outcome } of failed) {
  console.log(`\n── ${step.name} ──\n${outcome.output.trim()}\n→ mend with: ${step.mend}`);
}
process.exit(failed.length > 0 ? 1 : 0);

/** Runs one step to its end without a terminal; what it wrote to either stream is kept in order per stream. */
async function run(step: Step): Promise<Outcome> {
  const started = performance.now();
  const child = Bun.spawn(step.command, { cwd: root, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const seconds = (performance.now() - started) / 1000;
  if (!step.tests) return { ok: status === 0, output: out + err, seconds };

  const counts = parseCounts(err);
  const output = failures(err);
  return counts
    ? { ok: status === 0 && counts.fail === 0 && counts.pass > 0, output, seconds, counts }
    : { ok: false, output: `${output}\n(the run ended with status ${status} and without a summary)`, seconds };
}

/** Reads the summary that `bun test` ends with; `undefined` when it never got there. */
function parseCounts(text: string): Counts | undefined {
  if (!/^Ran \d+ tests? across \d+ files?/m.test(text)) return undefined;
  const count = (word: string) => Number(text.match(new RegExp(`^ *(\\d+) ${word}$`, "m"))?.[1] ?? 0);
  return { pass: count("pass"), fail: count("fail"), skip: count("skip") + count("todo") };
}
