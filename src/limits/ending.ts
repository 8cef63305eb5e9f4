import type { Ending } from "../db/ending.ts";

/** Counters whose window has ended count nothing. */
export const endings = {
  counters: { table: "rate_limit", at: "ends_at", as: "milliseconds" },
} as const satisfies Readonly<Record<string, Ending>>;
