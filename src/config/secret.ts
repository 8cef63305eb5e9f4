import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Config } from "./index.ts";

/**
 * The secret that signs and encrypts: AUTH_SECRET, or one that is made on first use and kept in the state directory,
 * readable by its owner only. The server and the command line share it, also when both start at once.
 *
 * @throws when the state directory can't be read or written.
 */
export function openSecret({ signIn, server }: Pick<Config, "signIn" | "server">): string {
  if (signIn.secret) return signIn.secret;
  const path = `${server.stateDirectory}/secret`;
  if (!existsSync(path)) keep(path, randomBytes(32).toString("base64url"), server.stateDirectory);
  return readFileSync(path, "utf8").trim();
}

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
