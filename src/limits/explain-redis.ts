import { connect } from "node:net";

/** Why Redis can't be used. `wrong`: it stays so until somebody corrects a setting. Otherwise it may only be away. */
export type RedisFault = { line: string; wrong: boolean };

/**
 * Why Redis can't be used, for the operator: one line that names host, port and database, and what to do. Never a
 * password.
 *
 * @param err of a command.
 */
export async function explainRedis(err: unknown, url: string): Promise<RedisFault> {
  const { hostname, port, pathname } = new URL(url);
  const at = `Redis at ${hostname}:${port || 6379}, database ${pathname.slice(1) || 0},`;
  const { message, code = "" } = innermost(err);
  const said = message.replaceAll(/\s+/g, " ");
  const settled = refusals.find(([form]) => form.test(said));
  if (settled) return { line: `${at} ${settled[1]} (${said})`, wrong: true };
  if (answered.test(code)) return { line: `${at} can't be used at present (${said})`, wrong: false };
  const network = await unreachable(hostname.replace(/^\[(.*)\]$/, "$1"), Number(port || 6379));
  if (network !== null) {
    const line = `${at} doesn't answer (${network}): start it, or correct host and port in REDIS_URL`;
    return { line, wrong: network === "ENOTFOUND" };
  }
  const tls = url.startsWith("rediss:") ? "redis:// if it has no TLS" : "rediss:// if it wants TLS";
  const line = `${at} doesn't answer as Redis does: correct host and port in REDIS_URL, or use ${tls}`;
  // One that is frozen takes connections too.
  return { line, wrong: !/no answer|timeout/i.test(said) };
}

/** The codes of errors that Redis itself answered. */
const answered = /^ERR_REDIS_(SERVER_ERROR|INVALID_COMMAND|AUTHENTICATION_FAILED)$/;

const refusals: readonly [RegExp, string][] = [
  [/NOAUTH|WRONGPASS|invalid password/i, "refuses the user or the password: correct them in REDIS_URL"],
  [/NOPERM/, "doesn't let this user count: allow it EVAL and what that runs"],
  [/DB index/, "isn't there: correct the database's number in REDIS_URL"],
];

function innermost(err: unknown): { message: string; code?: string } {
  let at = err;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  return at instanceof Error ? at : { message: String(at) };
}

const patienceMs = 1_000;

/** Why no connection comes about, as the system's code; null where one does. */
function unreachable(host: string, port: number): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const socket = connect({ host, port, timeout: patienceMs });
  socket.once("connect", () => resolve(null));
  socket.once("timeout", () => resolve("ETIMEDOUT"));
  socket.once("error", (err: NodeJS.ErrnoException) => resolve(err.code ?? err.message));
  return promise.finally(() => socket.destroy());
}
