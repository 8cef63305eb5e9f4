import type { Database } from "../../src/db/types.ts";

/** A database of its own, migrated and empty, whose commits are real. */
export interface FreshDatabase extends AsyncDisposable {
  readonly database: Database;
  /** Where further processes and pools reach it; undefined for PGlite, which lives in this process only. */
  readonly url: string | undefined;
  dispose(): Promise<void>;
}
