import type { Manifest } from "./manifest.ts";
import type { Draft } from "./store.ts";

/** What a dump finds out of itself; the rest of the manifest is said by who asked for it. */
export type Dumped = Pick<Manifest, "version" | "schema" | "tables" | "sequences" | "files">;

/** Writes all that a database holds at one moment. @param progress hears of each table as it comes to it. */
export type Dump = (to: { put: Draft["put"]; progress: (table: string) => void }) => Promise<Dumped>;

/** A backup that is read: its files were compared with their sums, and are again while they are read. */
export type Source = {
  readonly manifest: Manifest;
  readonly open: (file: string) => AsyncIterable<Uint8Array>;
  /** @throws OperatorError unless the file that was read since is the one that the manifest says. */
  readonly verified: (file: string) => void;
};

export type RestoreOptions = {
  /** Whether rows that are there may go. */
  readonly force: boolean;
  readonly progress: (table: string) => void;
};
