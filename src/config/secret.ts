import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { OperatorError } from "../core/operator-error.ts";
import type { Config } from "./index.ts";
import { secretLength } from "./sign-in.ts";

/**
 * The secret that signs and encrypts: AUTH_SECRET, or one that is made on first use and kept in the state directory,
 * readable by its owner only. The server and the command line share it, also when both start at once.
 *
 * @throws when the state directory can't be read or written, or what it keeps is too short to be a secret.
 */
export function openSecret({ signIn, server }: Pick<Config, "signIn" | "server">): string {
  if (signIn.secret) return signIn.secret;
  const path = `${server.stateDirectory}/secret`;
  if (!existsSync(path)) keep(path, randomBytes(32).toString("base64url"), server.stateDirectory);
  const secret = read(path);
  if (secret.length < secretLength)
    throw new OperatorError(
      `${path} holds no secret of ${secretLength} characters: restore it, or delete it, which signs everyone out`,
    );
  return secret;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (err) {
    const { code } = err as NodeJS.ErrnoException;
    throw new OperatorError(`${path} can't be read (${code}): correct STATE_DIR, or who owns the file`, { cause: err });
  }
}

/** The secret where there is one already; none is made. @throws as `openSecret` does. */
export const knownSecret = (config: Pick<Config, "signIn" | "server">): string | undefined =>
  config.signIn.secret || existsSync(`${config.server.stateDirectory}/secret`) ? openSecret(config) : undefined;

/** Linked into place when it is written whole: of two processes one wins, and none reads half a secret. */
function keep(path: string, secret: string, directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${secret}\n`, { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== "EEXIST") throw err;
  } finally {
    rmSync(draft, { force: true });
  }
}
