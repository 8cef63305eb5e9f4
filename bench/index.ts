/**
 * `bun run bench`: every subject in a process of its own on one core, one load generator on another, in interleaved
 * rounds. What counts is each subject's ratio to the bare route of the same round; see bench/README.md.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { createDatabases } from "./databases.ts";
import { measure, pickGenerator, type Load } from "./load.ts";
import { baseline, environment, summarize, table, type Measured } from "./report.ts";
import { seed } from "./seed.ts";
import { startServer, type Running } from "./server.ts";
import type { Subject } from "./subject.ts";

const usage = `Usage: bun run bench [options]

  --rounds N       rounds over all subjects (default 5)
  --seconds N      seconds per subject and round (default 4)
  --only A,B       these subjects alone, and ${baseline}; nothing is written unless --out is given
  --connections N  keep-alive connections (default 64)
  --load NAME      wrk or builtin (default: wrk when it is installed)
  --out FILE       where the results go (default bench/results/<date>.json)
  --list           name the subjects and end

Databases are made on the PostgreSQL server of BENCH_DATABASE_URL
(default postgres://postgres@127.0.0.1:5432/postgres) and dropped at the end.`;

const { values } = parseArgs({
  args: Bun.argv.slice(2),
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "4" },
    only: { type: "string" },
    connections: { type: "string", default: "64" },
    load: { type: "string", default: pickGenerator() },
    out: { type: "string" },
    list: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) quit(usage, 0);

const all = await loadSubjects();
if (values.list) quit(all.map(({ name, about }) => `${name.padEnd(22)} ${about}`).join("\n"), 0);
const subjects = pick(all, values.only);
const rounds = positive("rounds");
const [serverCore, loadCore] = [0, 1];
const pinned = Bun.which("taskset") !== null && availableParallelism() > 1;
const on = (core: number) => (pinned ? ["taskset", "-c", String(core)] : []);
if (values.load !== "wrk" && values.load !== "builtin") quit(`--load is wrk or builtin, not ${values.load}`, 2);
const load: Load = {
  generator: values.load,
  connections: positive("connections"),
  seconds: positive("seconds"),
  prefix: on(loadCore),
};

const serverUrl = process.env.BENCH_DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
const wanted = [...new Set(subjects.flatMap(({ database }) => database ?? []))];
const databases = await createDatabases(serverUrl, wanted);
const servers: Running[] = [];
let postgresPinned = false;
let closing: Promise<void> | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => void close().finally(() => process.exit(130)));

try {
  for (const name of wanted) await seed(name, databases.url(name));
  for (const subject of subjects) {
    console.error(`starting ${subject.name}`);
    servers.push(
      await startServer(subject, { databaseUrl: databases.url(subject.database), poolMax: 10 }, on(serverCore)),
    );
  }
  const samples = new Map<string, Measured[]>(subjects.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const server of servers) {
      const sample = await measureServer(server);
      samples.get(server.subject.name)?.push(sample);
      const rate = Math.round(sample.requests / sample.seconds).toLocaleString("en");
      console.error(`round ${round}/${rounds}  ${server.subject.name.padEnd(22)} ${rate.padStart(9)} req/s`);
    }
  }

  const rows = summarize(subjects, samples);
  const machine = await environment(wanted.length > 0 ? databases.version : null);
  const conditions = { ...machine, ...load, prefix: undefined, rounds, pinned, postgresPinned };
  console.log(
    `${table(rows)}\n\n${Object.entries(conditions)
      .flatMap(([k, v]) => (v === undefined ? [] : `${k} ${v}`))
      .join(" · ")}`,
  );
  const rls = values.only ? null : await companion("rls.ts", on(serverCore));
  if (rls) console.log(`\n${rls}`);
  // Its replicas are processes of their own, which no core is set apart for.
  const staleness = values.only ? null : await companion("staleness.ts", []);
  if (staleness) console.log(`\n${staleness}`);
  await write({ date: new Date().toISOString(), conditions, rows, rls, staleness });
} finally {
  await close();
}

async function measureServer(server: Running): Promise<Measured> {
  const asked: Load = { ...load, connections: server.subject.connections ?? load.connections };
  await measure(server.target, { ...asked, seconds: 1 });
  // Once warm, the pool is full: what PostgreSQL does then happens on the generator's core, not on the server's.
  if (pinned) postgresPinned = await databases.pin(loadCore);
  const before = await server.cpuSeconds();
  const sample = await measure(server.target, asked);
  const after = await server.cpuSeconds();
  if (sample.errors > 0)
    throw new Error(`${server.subject.name}: ${sample.errors} of ${sample.requests} requests failed`);
  const serverCpu = before === undefined || after === undefined ? null : (after - before) / sample.seconds;
  return { ...sample, serverCpu };
}

/** Subjects are files; the bare route comes first, the others by name. */
async function loadSubjects(): Promise<Subject[]> {
  const folder = new URL("subjects/", import.meta.url).pathname;
  const files = (await readdir(folder)).filter((name) => name.endsWith(".ts")).toSorted();
  const found = await Promise.all(
    files.map(async (name) => ((await import(folder + name)) as { default: Subject }).default),
  );
  return found.toSorted((a, b) => Number(b.name === baseline) - Number(a.name === baseline));
}

function pick(from: Subject[], only: string | undefined): Subject[] {
  const names = only?.split(",").map((name) => name.trim());
  const missing = names?.filter((name) => !from.some((subject) => subject.name === name)) ?? [];
  if (missing.length > 0) quit(`no such subject: ${missing.join(", ")} (--list names them)`, 2);
  return from.filter(({ name }) => name === baseline || (names?.includes(name) ?? true));
}

/** A bench of its own beside this one: it is given the large database's address and answers with Markdown. */
async function companion(file: string, prefix: readonly string[]): Promise<string | null> {
  const path = new URL(file, import.meta.url).pathname;
  if (!existsSync(path) || !wanted.includes("large")) return null;
  const command = [...prefix, process.execPath, path, databases.url("large")];
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const [text, status] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  if (status !== 0) throw new Error(`${file} ended with ${status}`);
  return text.trim();
}

async function write(results: object): Promise<void> {
  if (values.only && !values.out) return;
  const folder = new URL("results/", import.meta.url).pathname;
  const file = values.out ?? `${folder}${new Date().toISOString().slice(0, 10)}.json`;
  if (!existsSync(folder)) await mkdir(folder, { recursive: true });
  await Bun.write(file, `${JSON.stringify(results, null, 2)}\n`);
  console.error(`written to ${file}`);
}

async function close(): Promise<void> {
  closing ??= (async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await databases.drop();
  })();
  await closing;
}

function positive(name: "rounds" | "seconds" | "connections"): number {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 1) quit(`--${name} wants a whole number above 0, not ${values[name]}`, 2);
  return value;
}

function quit(message: string, status: number): never {
  (status === 0 ? console.log : console.error)(message);
  process.exit(status);
}
