/**
 * What a database error means, on both databases. The drivers' errors arrive wrapped in drizzle's and carry different
 * classes, so these look at the fields of the whole `cause` chain.
 */

/** A handle was used where it can't be: a fault of the program, raised in place of a deadlock or a lost write. */
export class MisuseError extends Error {
  override readonly name = "MisuseError";
}

type DriverError = {
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly message?: unknown;
  readonly syscall?: unknown;
  readonly cause?: unknown;
};

// Not EPIPE, EBUSY and their like, which have the same shape.
const sqlStateForm = /^(?!E[A-Z]{4}$)[0-9A-Z]{5}$/;
const uniqueViolation = "23505";
const foreignKeyViolation = "23503";

function* chain(err: unknown): Generator<DriverError> {
  const seen = new Set<unknown>();
  for (let at = err; typeof at === "object" && at !== null && !seen.has(at); at = (at as DriverError).cause) {
    seen.add(at);
    yield at;
  }
}

/** The five-character SQLSTATE of a database error, or undefined when `err` did not come from the server. */
export function sqlState(err: unknown): string | undefined {
  for (const { code } of chain(err)) if (typeof code === "string" && sqlStateForm.test(code)) return code;
  return undefined;
}

/** The name of the constraint that `err` reports as violated, if any. */
export function constraintOf(err: unknown): string | undefined {
  for (const { constraint } of chain(err)) if (typeof constraint === "string") return constraint;
  return undefined;
}

/** The names by which the database refused: of the constraint, and the SQLSTATE. */
export const violations = (err: unknown): string[] =>
  [constraintOf(err), sqlState(err)].filter((name) => name !== undefined);

/** Whether `err` is a unique violation, of `constraint` when given. */
export function isUniqueViolation(err: unknown, constraint?: string): boolean {
  return isViolation(err, uniqueViolation, constraint);
}

/** Whether `err` is a foreign key violation, of `constraint` when given. */
export function isForeignKeyViolation(err: unknown, constraint?: string): boolean {
  return isViolation(err, foreignKeyViolation, constraint);
}

function isViolation(err: unknown, state: string, constraint: string | undefined): boolean {
  return sqlState(err) === state && (constraint === undefined || constraintOf(err) === constraint);
}

const unreachable = new Set(
  "ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN".split(" "),
);

const broken =
  /^(connection terminated|timeout exceeded when trying to connect|timeout expired|query read timeout|client has encountered a connection error|client was closed and is not queryable|cannot use a pool after calling end|pglite is (closed|closing)|the database is closed)/i;

// 08 connection exceptions, 28 refused sign-in, 58 faults of the server's machine, 57P… ending, crashed, starting,
// dropped. 25006 read-only, 25P03 and 25P04 cut while idle, 3D000 no such database, 55000 closed to connections.
const lostConnection = /^(08|28|58|57P|25006|25P03|25P04|3D000|55000)/;

// 53 disk, memory or connections used up, 57 cancelled or over its time, 55P03 a lock not had in time, and a deadlock or a
// failure to serialize that went on through all tries.
const unavailable = /^(53|57|55P03|40P01|40001)/;

/**
 * Whether `err` means that the database can't do its work at present, so that the same request may succeed later (503):
 * it is away, starting or ending, read-only, full, out of time, or kept deadlocked by what else runs.
 */
export function isUnavailable(err: unknown): boolean {
  const state = sqlState(err);
  return isLost(err) || (state !== undefined && unavailable.test(state));
}

/**
 * Whether `err` means that its connection is of no more use: it is broken, or leads to a server that can't take
 * writes, which after a failover is the old one.
 */
export function isLost(err: unknown): boolean {
  const state = sqlState(err);
  if (state !== undefined) return lostConnection.test(state);
  for (const { code, message, syscall } of chain(err)) {
    if (typeof code === "string" && (unreachable.has(code) || syscall === "connect")) return true;
    if (typeof message === "string" && broken.test(message)) return true;
  }
  return false;
}

/** The database took longer than it was given. */
export class OvertimeError extends Error {
  override readonly name = "OvertimeError";
  readonly code = "ETIMEDOUT";
  /** @param ms the time that it was given, in milliseconds. */
  constructor(ms: number) {
    super(`the database didn't answer within ${ms} ms`);
  }
}

/** What `answer` comes to. @throws OvertimeError after `ms` milliseconds; the answer is then dropped. */
export async function withinTime<T>(answer: Promise<T>, ms: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new OvertimeError(ms)), ms);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}
