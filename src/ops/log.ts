import pino, { type Logger } from "pino";
import { openSink, type Sink } from "./sink.ts";

export type { Logger };

// What carries a credential is cut before it reaches the sink. Top level only: a path with a wildcard would be
// searched on every line, and what we log of errors is described below.
const paths = ["password", "token", "key", "secret", "cookie", "authorization", "newPassword", "currentPassword"];

/**
 * JSON lines, one object per line, secrets cut.
 *
 * @param level pino's level name; `silent` writes nothing.
 */
export function createLog(level: string, sink: Pick<Sink, "write">): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths, censor: "[redacted]" },
    serializers: { err: (err: unknown) => describeError(err) },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, sink);
}

/** Writes nothing. */
export const silentLog: Logger = createLog("silent", { write() {} });

/**
 * A log on standard output that nothing waits for: while it can't be written, lines are kept up to a bound and then
 * dropped, and their number is logged afterwards.
 *
 * @param options.shared whether other processes write there too.
 * @returns `close`, which waits up to a second for the lines that are left.
 */
export function openLog(level: string, { shared = false } = {}): { log: Logger; close(): Promise<void> } {
  const onDropped = (dropped: number) =>
    log.warn({ dropped }, "log lines were dropped, since they couldn't be written");
  const sink = openSink({ fd: 1, shared, onDropped });
  const log = createLog(level, sink);
  return { log, close: () => sink.close() };
}

const deepestCause = 8;

/** What a log may say of an error: never a statement's parameters, which hold hashes, tokens and addresses. */
export function describeError(err: unknown, depth = 0): Record<string, unknown> {
  if (!(err instanceof Error)) return { message: text(err) };
  const { code, constraint, table } = err as { code?: string; constraint?: string; table?: string };
  const parametrized = "params" in err && "query" in err;
  return {
    name: err.name,
    message: parametrized ? "a statement failed" : text(err.message),
    ...(code ? { code } : {}),
    ...(constraint ? { constraint } : {}),
    ...(table ? { table } : {}),
    ...(parametrized ? {} : { stack: err.stack?.split("\n").slice(1, 8).join("\n") }),
    // A cause may lead back to its own error.
    ...(err.cause === undefined || depth === deepestCause ? {} : { cause: describeError(err.cause, depth + 1) }),
  };
}

/** Never throws, whatever was thrown: an object without a prototype has no text. */
function text(value: unknown): string {
  try {
    return String(value).slice(0, 500);
  } catch {
    return "something without a text";
  }
}
