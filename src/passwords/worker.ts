/**
 * Hashes passwords in a thread of its own, which on Linux yields to the one that answers requests: `hash.ts` sends
 * it jobs. Synchronous forms only: the asynchronous ones would go to threads whose priority nobody can set.
 */
import { getPriority, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { argon2id, isOfToday } from "./formats/argon2.ts";
import { readHash } from "./formats.ts";

/** What to do: hash a password, or check it where there is a `hash`. */
export type Job = { id: number; password: string; hash?: string };
/** What came of it. `renewed` is a hash of today's form for a right password whose hash is of another. */
export type Done = { id: number } & ({ hash: string } | { right: boolean; renewed?: string } | { error: string });

/** Added to what the process has, which a service manager may have set: only root may lower a niceness. */
const yields = 10;
const lowestPriority = 19;

// On Linux a thread has a priority of its own; elsewhere this would be the whole process's.
if (process.platform === "linux") setPriority(0, Math.min(lowestPriority, getPriority(0) + yields));

const normalized = (password: string): string => password.normalize("NFKC");

function check(password: string, hash: string): { right: boolean; renewed?: string } {
  const read = readHash(hash);
  if ("fault" in read) throw new Error(`a stored password ${read.fault}`);
  // Other systems hash what was typed, in whatever form the keyboard wrote it.
  const right = [...new Set([normalized(password), password])].some((text) => read.matches(text));
  if (isOfToday(hash)) return { right };
  // Also for a wrong one: by its time a fast old hash would tell that the account exists.
  const renewed = argon2id(normalized(password));
  return right ? { right, renewed } : { right };
}

function done({ id, password, hash }: Job): Done {
  try {
    return hash === undefined ? { id, hash: argon2id(normalized(password)) } : { id, ...check(password, hash) };
  } catch (err) {
    return { id, error: err instanceof Error ? err.message : String(err) };
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.on("message", (job: Job) => parentPort?.postMessage(done(job)));
