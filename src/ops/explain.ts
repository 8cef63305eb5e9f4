import { OperatorError } from "../core/operator-error.ts";
import { explainDatabase, type Urls } from "../db/explain.ts";

/**
 * Why the service or a command couldn't go on, in one line for the operator; never a connection string.
 *
 * @param database where it was to be reached; undefined when the settings themselves are wrong.
 */
export function explain(err: unknown, database: Urls | undefined): string {
  if (err instanceof OperatorError) return err.message;
  const { code, syscall, path } = err as NodeJS.ErrnoException;
  if (path !== undefined && syscall !== undefined && syscall !== "connect")
    return database?.url.includes(`=${path}`)
      ? `${path} can't be read (${code}): correct it in DATABASE_URL`
      : `${path} can't be used (${code}): correct STATE_DIR or DATABASE_URL, or who owns the directory`;
  return (database && explainDatabase(err, database)) ?? (err instanceof Error ? err.message : String(err));
}
