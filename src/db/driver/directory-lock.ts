import { Database } from "bun:sqlite";
import { OperatorError } from "../../core/operator-error.ts";

export type DirectoryLock = {
  readonly release: () => void;
};

// A collected handle would close its file and with it drop the lock.
const held = new Set<Database>();

/**
 * Locks `directory` for this process by a file beside it, `<directory>.lock`. The kernel drops the lock when the
 * process ends in any way, kill -9 included.
 *
 * @throws OperatorError naming the directory when someone else holds it, or the file when it can't be made.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const file = opened(`${directory}.lock`);
  try {
    // Without this mode SQLite lets go of the file between transactions.
    file.run("PRAGMA locking_mode = EXCLUSIVE");
    file.run("BEGIN EXCLUSIVE");
  } catch (err) {
    file.close();
    if ((err as { code?: string }).code !== "SQLITE_BUSY") throw unusable(`${directory}.lock`, err);
    throw new OperatorError(
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

function opened(path: string): Database {
  try {
    return new Database(path, { create: true });
  } catch (err) {
    throw unusable(path, err);
  }
}

const unusable = (path: string, cause: unknown) =>
  new OperatorError(
    `${path} can't be used (${String((cause as { code?: string }).code)}): correct STATE_DIR or DATABASE_URL, or who owns the directory`,
    { cause },
  );
