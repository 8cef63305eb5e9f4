/**
 * How long a credential that stopped being good is still believed somewhere: three replicas, each a process with the
 * credential in its memory, one PostgreSQL, one client. From the acknowledged commit until the last replica's refusal
 * has arrived. `bun bench/staleness.ts [--trials N] [URL]` makes and drops a database on the server of URL.
 */
import { parseArgs } from "node:util";
import { type Holder, makeHolders } from "../test/harness/holders.ts";
import { freshDatabase } from "../test/harness/postgres.ts";
import { openReplicas, type Replica, type Replicas } from "../test/harness/replicas.ts";
import { type Change, changes } from "../test/races/changes.ts";
import type { Database } from "../src/db/types.ts";

const kinds = ["sign-out", "a removed member", "a disabled key", "SQL: a deleted session"];
const hopelessMs = 5_000;

/** Nothing changes, and three answers are waited for: what the client and the machine add to every figure. */
const nothing: Change = { ...(changes[0] as Change), name: "(nothing)", make: async () => {}, shown: () => true };

/** One row of the table: milliseconds. */
interface Row {
  readonly name: string;
  readonly trials: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const { values, positionals } = parseArgs({
  args: Bun.argv.slice(2),
  options: { trials: { type: "string", default: "500" } },
  allowPositionals: true,
});
const serverUrl = positionals[0] ?? process.env.BENCH_DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
console.log(table(await measure(serverUrl, Number(values.trials))));

async function measure(serverUrl: string, trials: number): Promise<Row[]> {
  await using fresh = await freshDatabase(serverUrl);
  await using replicas = await openReplicas(fresh, 3);
  const rows: Row[] = [];
  for (const name of ["(nothing)", ...kinds]) {
    const change = [nothing, ...changes].find((each) => each.name === name);
    if (!change) throw new Error(`there is no change named ${name}`);
    // A first round warms up what is compiled and prepared on the way.
    await measureChange(change, replicas, fresh.database, 20);
    const sorted = (await measureChange(change, replicas, fresh.database, trials)).toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
    rows.push({ name, trials, p50: at(0.5), p99: at(0.99), max: at(1) });
  }
  return rows;
}

async function measureChange(change: Change, { all }: Replicas, database: Database, trials: number): Promise<number[]> {
  const holders = await makeHolders(database, trials);
  const latencies: number[] = [];
  for (const [n, holder] of holders.entries()) {
    for (const replica of [...all, ...all]) await shows(change, holder, replica, change === nothing);
    await change.make({ replica: all[n % all.length] as Replica, database, holder });
    const since = performance.now();
    latencies.push(Math.max(...(await Promise.all(all.map((replica) => untilShown(change, holder, replica, since))))));
  }
  return latencies;
}

async function untilShown(change: Change, holder: Holder, replica: Replica, since: number): Promise<number> {
  for (;;) {
    const shown = await shows(change, holder, replica);
    const ms = performance.now() - since;
    if (shown) return ms;
    if (ms > hopelessMs) throw new Error(`after ${change.name} a replica still believes the credential`);
    // Asking without a pause would take from the replicas the time in which they hear of it.
    await Bun.sleep(1);
  }
}

async function shows(change: Change, holder: Holder, replica: Replica, expected?: boolean): Promise<boolean> {
  const { query, headers } = change.ask(holder);
  const answer = await replica.request("GET", `/v1/verify${query}`, { headers });
  const shown = change.shown(answer);
  if (expected !== undefined && shown !== expected) throw new Error(`${change.name}: ${answer.status} ${answer.text}`);
  return shown;
}

function table(rows: Row[]): string {
  const lines = rows.map(({ name, trials, ...ms }) =>
    [name, trials, ...[ms.p50, ms.p99, ms.max].map((each) => each.toFixed(1))].join(" | "),
  );
  return [
    "Commit acknowledged → the last of three replicas refuses:",
    "",
    "| change | trials | p50 ms | p99 ms | max ms |",
    "| --- | --- | --- | --- | --- |",
    ...lines.map((line) => `| ${line} |`),
  ].join("\n");
}
