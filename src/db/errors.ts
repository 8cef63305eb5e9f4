/**
 * What a database error means, on both databases. The drivers' errors arrive wrapped in drizzle's and carry different
 * classes, so these look at the fields of the whole `cause` chain.
 */

/** A handle was used where it can't be: a fault of the program, raised in place of a deadlock or a lost write. */
export class MisuseError extends Error {
  override readonly name = "MisuseError";
}

interface DriverError {
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly message?: unknown;
  readonly syscall?: unknown;
  readonly cause?: unknown;
}

// Not EPIPE, EBUSY and their like, which have the same shape.
const SQLSTATE = /^(?!E[A-Z]{4}$)[0-9A-Z]{5}$/;
const UNIQUE_VIOLATION = "23505";
const FOREIGN_KEY_VIOLATION = "23503";

function* chain(err: unknown): Generator<DriverError> {
  const seen = new Set<unknown>();
  for (let at = err; typeof at === "object" && at !== null && !seen.has(at); at = (at as DriverError).cause) {
    seen.add(at);
    yield at;
  }
}

/** The five-character SQLSTATE of a database error, or undefined when `err` did not come from the server. */
export function sqlState(err: unknown): string | undefined {
  for (const { code } of chain(err)) if (typeof code === "string" && SQLSTATE.test(code)) return code;
  return undefined;
}

/** The name of the constraint that `err` reports as violated, if any. */
export function constraintOf(err: unknown): string | undefined {
  for (const { constraint } of chain(err)) if (typeof constraint === "string") return constraint;
  return undefined;
}

/** Whether `err` is a unique violation, of `constraint` when given. */
export function isUniqueViolation(err: unknown, constraint?: string): boolean {
  return isViolation(err, UNIQUE_VIOLATION, constraint);
}

/** Whether `err` is a foreign key violation, of `constraint` when given. */
export function isForeignKeyViolation(err: unknown, constraint?: string): boolean {
  return isViolation(err, FOREIGN_KEY_VIOLATION, constraint);
}

function isViolation(err: unknown, state: string, constraint: string | undefined): boolean {
  return sqlState(err) === state && (constraint === undefined || constraintOf(err) === constraint);
}

const UNREACHABLE = new Set(
  "ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN".split(" "),
);

// 57P01–57P03: shutting down, crashed, starting up. 53300: too many connections. 25P04, 57P05: the server cut an idle one.
const AWAY = new Set(["57P01", "57P02", "57P03", "57P05", "25P04", "53300"]);

const LOST =
  /^(connection terminated|timeout exceeded when trying to connect|timeout expired|client has encountered a connection error|client was closed and is not queryable|cannot use a pool after calling end|pglite is (closed|closing)|the database is closed)/i;

/**
 * Whether `err` means that the database could not be reached or went away, so that the same request may succeed later
 * (503). A statement that ran too long (57014), a deadlock (40P01) or a full disk (53100) is not: the server answered.
 */
export function isUnavailable(err: unknown): boolean {
  const state = sqlState(err);
  if (state !== undefined) return state.startsWith("08") || AWAY.has(state);
  for (const { code, message, syscall } of chain(err)) {
    if (typeof code === "string" && (UNREACHABLE.has(code) || syscall === "connect")) return true;
    if (typeof message === "string" && LOST.test(message)) return true;
  }
  return false;
}
