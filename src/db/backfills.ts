import type { Backfill } from "./backfill.ts";

/**
 * What is to be done to rows that are there, beside requests and over all replicas. One that every installation has
 * finished is taken away.
 */
export const backfills: readonly Backfill[] = [];
