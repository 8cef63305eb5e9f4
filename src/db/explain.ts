import { isUnavailable, sqlState } from "./errors.ts";
import { MigrationError } from "./migration-files.ts";

/** The ways to the database, as the settings name them. */
export type Urls = { readonly url: string; readonly directUrl?: string | undefined };

/** A connection past the pooler failed. */
export class DirectConnectionError extends Error {
  override readonly name = "DirectConnectionError";
}

/**
 * Why the database can't be used, for the operator: one line that names host, port and database, and what
 * to do. Never a password, nor a statement's values.
 *
 * @returns undefined for an error that isn't the database's.
 */
export function explainDatabase(err: unknown, { url, directUrl }: Urls): string | undefined {
  if (!/^postgres(ql)?:/.test(url) || !URL.canParse(url)) return undefined;
  const setting = directUrl !== undefined && isDirect(err) ? "DATABASE_DIRECT_URL" : "DATABASE_URL";
  const { hostname, port, pathname, username } = new URL(setting === "DATABASE_URL" ? url : (directUrl ?? url));
  const host = `${hostname || "localhost"}:${port || 5432}`;
  const user = decodeURIComponent(username) || "(the system's)";
  const name = decodeURIComponent(pathname.slice(1)) || user;
  const at = `PostgreSQL at ${host}`;
  const state = sqlState(err);
  const reason = state ?? codeOf(err);
  const text = messageOf(err);
  if (/unsupported startup parameter|pass a connection pooler/i.test(text))
    return `${host}, database ${name}, is a connection pooler: set DATABASE_DIRECT_URL to PostgreSQL itself`;
  if (/SSL required/i.test(text)) return `${at}, database ${name}, wants TLS: add sslmode=verify-full to ${setting}`;
  if (state?.startsWith("28") || /authentication failed|password must be a string/i.test(text))
    return `${at} refuses the user ${user} for the database ${name} (${reason ?? "no password"}): correct the user or the password in ${setting}`;
  if (state === "3D000")
    return `${at} has no database ${name} (${reason}): create it, or correct the database in ${setting}`;
  if (state === "42501")
    return `${at}: the user ${user} may not do what migrations do in the database ${name} (${reason}): make it the owner (${text})`;
  if (state === "25006") return `${at} is read-only, database ${name} (${reason}): ${setting} must lead to the primary`;
  if (state === "55000" && !(err instanceof MigrationError))
    return `${at} takes no connections to the database ${name} (${reason}): allow them, or correct the database in ${setting}`;
  if (state === "53300")
    return `${at} takes no further connection to the database ${name} (${reason}): raise its limits, or lower DATABASE_POOL_MAX`;
  if (/SSL|certificate|self.signed/i.test(text) && state === undefined)
    return `${at}, database ${name}: ${text}; correct ${/certificate/i.test(text) ? "sslrootcert or sslmode" : "sslmode"} in ${setting}`;
  if (/^no such database/i.test(text))
    return `${at} is a connection pooler that has no database ${name}: add it there, or correct the database in ${setting}`;
  if (isUnavailable(err))
    return `${at}, database ${name}, doesn't answer (${reason ?? "no connection"}): start it, or correct host and port in ${setting}`;
  if (state === "42P07")
    return `${at}, database ${name}, has tables of something else: ${text}; set ${setting} to a database of its own`;
  if (state === "42P01" || state === "42703")
    return `${at}, database ${name}, has another release's tables (${state}): run db migrate first, or this command of the release that it was migrated by (${text})`;
  if (err instanceof MigrationError || state !== undefined)
    return `${at}, database ${name}: ${err instanceof MigrationError ? err.message : `${text} (${state})`}`;
  return undefined;
}

function* chain(err: unknown): Generator<{ name?: unknown; code?: unknown; message?: unknown }> {
  const seen = new Set<unknown>();
  for (let at = err; typeof at === "object" && at !== null && !seen.has(at); at = (at as { cause?: unknown }).cause) {
    seen.add(at);
    yield at;
    // Where a name has several addresses, each has its own error.
    if (at instanceof AggregateError && at.errors[0]) yield at.errors[0] as object;
  }
}

const isDirect = (err: unknown): boolean => [...chain(err)].some((each) => each instanceof DirectConnectionError);

function codeOf(err: unknown): string | undefined {
  for (const { code } of chain(err)) if (typeof code === "string" && /^E[A-Z_]+$/.test(code)) return code;
  return undefined;
}

/** The innermost message that says something, in one line. */
function messageOf(err: unknown): string {
  const all = [...chain(err)].flatMap(({ message }) =>
    typeof message === "string" && message !== "" ? [message] : [],
  );
  return (all.at(-1) ?? "").split("\n", 1)[0] ?? "";
}
