import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { PoolStats } from "../db/types.ts";

/** One request that was answered. `route` is a template, so that there are as many as the service has. */
export type Answered = { method: string; route: string; status: number; code: string | null; seconds: number };

/** What is counted while the service works, and shown to Prometheus. */
export type Metrics = {
  answered: (request: Answered) => void;
  /** A credential was verified, or refused, by the cache or by the database. */
  verified: (from: "cache" | "database", outcome: string) => void;
  /** A backup was made, failed, or was found where they lie. @param madeAt when the newest was begun. */
  backedUp: (outcome: "done" | "failed" | "found", madeAt?: Date) => void;
  /** Maintenance removed rows, by what they were. @param seconds null where another replica did it. */
  maintained: (removed: Readonly<Record<string, number>>, seconds: number | null) => void;
  /** In Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
};

/** What is read when somebody asks. */
type Sources = {
  pool: () => PoolStats;
  /** Credentials that the cache holds, and whether it is trusted now. */
  cache: () => { entries: number; trusted: boolean };
  /** Why the mail server can't be used; null where it can, or there is none. */
  mail: () => string | null;
  release: string;
};

/** Where nobody may read them, nothing is counted. */
export const noMetrics: Metrics = {
  answered() {},
  verified() {},
  backedUp() {},
  maintained() {},
  text: async () => "",
  contentType: "text/plain",
};

/** The media type of what Prometheus reads. */
export const metricsType: string = Registry.PROMETHEUS_CONTENT_TYPE;

const name = (text: string) => `gatehouse_${text}`;

/** From a verification out of memory to a request that waits for a lock. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** Opens the service's figures: of its requests, its verifications, its pool, its cache and its process. */
export function openMetrics({ pool, cache, mail, release }: Sources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: name("") });
  const registers = [registry];
  const requests = new Counter({
    name: name("requests_total"),
    help: "Requests that were answered; answers of /v1/verify from memory are counted as verifications only",
    labelNames: ["method", "route", "status"],
    registers,
  });
  const seconds = new Histogram({
    name: name("request_seconds"),
    help: "How long requests took",
    labelNames: ["method", "route"],
    buckets,
    registers,
  });
  const refusals = new Counter({
    name: name("refusals_total"),
    help: "Requests that were refused, by the problem's code",
    labelNames: ["code"],
    registers,
  });
  const verifications = new Counter({
    name: name("verifications_total"),
    help: "Credentials that were verified, by what answered and what came of it",
    labelNames: ["from", "outcome"],
    registers,
  });
  const backups = new Counter({
    name: name("backups_total"),
    help: "Backups that this process has tried to make by schedule, by what came of it",
    labelNames: ["outcome"],
    registers,
  });
  const newestBackup = new Gauge({
    name: name("backup_newest_timestamp_seconds"),
    help: "When the newest backup was begun, in seconds since 1970; 0 before one is known",
    registers,
  });
  const removals = new Counter({
    name: name("maintenance_removed_total"),
    help: "Rows that maintenance removed, by what they were",
    labelNames: ["kind"],
    registers,
  });
  const lastRun = new Gauge({
    name: name("maintenance_last_seconds"),
    help: "How long the last whole run of maintenance took here",
    registers,
  });
  const lastRunAt = new Gauge({
    name: name("maintenance_last_timestamp_seconds"),
    help: "When that was",
    registers,
  });
  const gauge = (of: string, help: string, labelNames: string[], read: (gauge: Gauge) => void) =>
    new Gauge({
      name: name(of),
      help,
      labelNames,
      registers,
      collect() {
        read(this);
      },
    });
  gauge("database_connections", "Connections of the pool", ["state"], (it) => {
    const { max, total, idle, waiting } = pool();
    for (const [state, value] of Object.entries({ max, idle, busy: total - idle })) it.set({ state }, value);
    it.set({ state: "awaited" }, waiting);
  });
  gauge("cache_entries", "Credentials that are held in memory", [], (it) => it.set(cache().entries));
  gauge("cache_trusted", "1 while changes are heard of, so that the cache is used", [], (it) =>
    it.set(cache().trusted ? 1 : 0),
  );
  gauge("mail_server_usable", "0 while mail waits for a server that can't be used", [], (it) =>
    it.set(mail() === null ? 1 : 0),
  );
  gauge("build_info", "The release that runs", ["release"], (it) => it.set({ release }, 1));
  // A label is looked up by its text each time; what is counted most is counted beside it.
  const fromCache = verifications.labels({ from: "cache", outcome: "verified" });
  return {
    answered({ method, route, status, code, seconds: took }) {
      requests.inc({ method, route, status });
      seconds.observe({ method, route }, took);
      if (code !== null) refusals.inc({ code });
    },
    verified(from, outcome) {
      if (from === "cache" && outcome === "verified") fromCache.inc();
      else verifications.inc({ from, outcome });
    },
    backedUp(outcome, madeAt) {
      if (outcome !== "found") backups.inc({ outcome });
      if (madeAt) newestBackup.set(madeAt.getTime() / 1000);
    },
    maintained(removed, took) {
      for (const [kind, count] of Object.entries(removed)) removals.inc({ kind }, count);
      if (took === null) return;
      lastRun.set(took);
      lastRunAt.setToCurrentTime();
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
