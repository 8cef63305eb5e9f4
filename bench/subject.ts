/** What every file in bench/subjects/ exports as its default. A new subject is a new file there and nothing else. */
export interface Subject {
  name: string;
  /** One line for the table. */
  about: string;
  /** Which of the bench's databases it needs; they are made, migrated and seeded before it starts. */
  database?: DatabaseName;
  /** Over how many connections it is asked, where it is too slow for the bench's number: nobody waits for seconds. */
  connections?: number;
  /** Serves on a free port of 127.0.0.1. Runs in a process of its own; heavy imports belong inside. */
  start(context: Context): Promise<Target>;
  /** Whether a body is the answer that is meant to be measured, so that no fast error is ever timed. */
  answers(body: string): boolean;
}

/**
 * - `large`: the service's own migrations, 1,000 organizations with 100 projects each.
 * - `small`: the same with one organization and its 100 projects.
 * - `plain`: empty; the reference points make what they need.
 */
export type DatabaseName = "large" | "small" | "plain";

export interface Context {
  /** Connection string of the database asked for; the server's own when none was. */
  databaseUrl: string;
  /** The same in every subject, so that none wins by its pool. */
  poolMax: number;
}

/** The one request that is repeated, or that comes in turns. */
export interface Target {
  url: string;
  method?: string;
  headers?: Record<string, string>;
  /** Further headers that take turns, one set per request. */
  turns?: Record<string, string>[];
  body?: string;
  /** What else is asked of the server meanwhile, over so many connections; it isn't measured, but mustn't fail. */
  beside?: Target & { connections: number };
}

/** What one run of the load generator saw. Latencies in milliseconds. */
export interface Sample {
  requests: number;
  seconds: number;
  p50: number;
  p99: number;
  max: number;
  /** Answers outside 2xx, time-outs and broken connections. */
  errors: number;
}
