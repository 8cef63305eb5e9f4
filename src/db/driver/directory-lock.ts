import { Database } from "bun:sqlite";

export type DirectoryLock = {
  readonly release: () => void;
};

// A collected handle would close its file and with it drop the lock.
const held = new Set<Database>();

/**
 * Locks `directory` for this process by a file beside it, `<directory>.lock`. The kernel drops the lock when the
 * process ends in any way, kill -9 included. Throws an Error naming the directory when someone else holds it.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const file = new Database(`${directory}.lock`, { create: true });
  try {
    // Without this mode SQLite lets go of the file between transactions.
    file.run("PRAGMA locking_mode = EXCLUSIVE");
    file.run("BEGIN EXCLUSIVE");
  } catch (err) {
    file.close();
    throw new Error(
      `The data directory ${directory} is in use by another process; stop that first, or set DATABASE_URL`,
      { cause: err },
    );
  }
  held.add(file);
  return {
    release() {
      if (held.delete(file)) file.close();
    },
  };
}
