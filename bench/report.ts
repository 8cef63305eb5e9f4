import { cpus, totalmem } from "node:os";
import type { Sample } from "./subject.ts";

export interface Measured extends Sample {
  /** Share of one core that the server's process used; 1 means that it was the bottleneck. */
  serverCpu: number | null;
}

export interface Row {
  name: string;
  about: string;
  perSecond: number;
  /** Median over the rounds of this subject's rate by the bare route's in the same round. */
  share: number;
  /** The same, by stock better-auth's rate. */
  timesStock: number | null;
  p50: number;
  p99: number;
  serverCpu: number | null;
  rounds: Measured[];
}

export const baseline = "hono-hello";
export const stock = "stock-get-session";

/** One row per subject from its samples, in the order given; `samples[name][i]` is round i. */
export function summarize(subjects: { name: string; about: string }[], samples: Map<string, Measured[]>): Row[] {
  const rates = (name: string) => (samples.get(name) ?? []).map((sample) => sample.requests / sample.seconds);
  const ratio = (name: string, by: string) => {
    const base = rates(by);
    return base.length > 0 ? median(rates(name).map((rate, round) => rate / (base[round] ?? Number.NaN))) : null;
  };
  return subjects.map(({ name, about }) => {
    const rounds = samples.get(name) ?? [];
    const busy = rounds.map((round) => round.serverCpu).filter((share) => share !== null);
    return {
      name,
      about,
      perSecond: Math.round(median(rates(name))),
      share: ratio(name, baseline) ?? Number.NaN,
      timesStock: ratio(name, stock),
      p50: median(rounds.map((round) => round.p50)),
      p99: median(rounds.map((round) => round.p99)),
      serverCpu: busy.length > 0 ? median(busy) : null,
      rounds,
    };
  });
}

export function table(rows: Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    row.perSecond.toLocaleString("en"),
    row.share.toPrecision(row.share < 0.1 ? 2 : 3),
    row.timesStock === null ? "" : row.timesStock.toFixed(row.timesStock < 10 ? 1 : 0),
    row.p50.toFixed(1),
    row.p99.toFixed(1),
    row.serverCpu === null ? "" : `${Math.round(row.serverCpu * 100)} %`,
    row.about,
  ]);
  const heads = ["subject", "req/s", "share of bare", "× stock", "p50 ms", "p99 ms", "server core", "what"];
  return [heads, heads.map(() => "---"), ...cells].map((line) => `| ${line.join(" | ")} |`).join("\n");
}

/** What the figures depend on besides the code. */
export async function environment(postgres: string | null): Promise<Record<string, unknown>> {
  const packages = ["hono", "better-auth", "drizzle-orm", "pg"];
  const versions = packages.map(async (name) => {
    const manifest = Bun.file(new URL(`../node_modules/${name}/package.json`, import.meta.url));
    return [name, ((await manifest.json()) as { version: string }).version] as const;
  });
  return {
    bun: Bun.version,
    ...Object.fromEntries(await Promise.all(versions)),
    postgres,
    cores: cpus().length,
    processor: cpus()[0]?.model ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}
