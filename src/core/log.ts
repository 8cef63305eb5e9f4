import pino, { type Logger } from "pino";

export type { Logger };

// What carries a credential is cut before it reaches the sink. Top level only: a path with a wildcard would be
// searched on every line, and what we log of errors is described below.
const paths = ["password", "token", "key", "secret", "cookie", "authorization", "newPassword", "currentPassword"];

/**
 * JSON lines on standard output (or `stream`), one object per line, secrets cut.
 *
 * @param level pino's level name; `silent` writes nothing.
 */
export function createLog(level: string, stream?: { write(line: string): void }): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths, censor: "[redacted]" },
    serializers: { err: describeError },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return stream ? pino(options, stream) : pino(options, pino.destination({ fd: 1, sync: true }));
}

/** What a log may say of an error: never a statement's parameters, which hold hashes, tokens and addresses. */
export function describeError(err: unknown): Record<string, unknown> {
  if (!(err instanceof Error)) return { message: String(err).slice(0, 500) };
  const { code, constraint, table } = err as { code?: string; constraint?: string; table?: string };
  const parametrized = "params" in err && "query" in err;
  return {
    name: err.name,
    message: parametrized ? "a statement failed" : err.message.slice(0, 500),
    ...(code ? { code } : {}),
    ...(constraint ? { constraint } : {}),
    ...(table ? { table } : {}),
    ...(parametrized ? {} : { stack: err.stack?.split("\n").slice(1, 8).join("\n") }),
    ...(err.cause === undefined ? {} : { cause: describeError(err.cause) }),
  };
}
