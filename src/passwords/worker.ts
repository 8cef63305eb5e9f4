/**
 * Hashes passwords in a thread of its own, which on Linux yields to the one that answers requests: `hash.ts` sends
 * it jobs. scrypt's synchronous form: the asynchronous one would go to threads whose priority nobody can set.
 */
import { scryptSync } from "node:crypto";
import { getPriority, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";

export type Job = { id: number; password: string; salt: string };
export type Done = { id: number; key: string } | { id: number; error: string };

// better-auth's own parameters, so that either reads what the other wrote.
const [length, N, r, p] = [64, 16_384, 16, 1];
/** Added to what the process has, which a service manager may have set: only root may lower a niceness. */
const yields = 10;
const lowestPriority = 19;

// On Linux a thread has a priority of its own; elsewhere this would be the whole process's.
if (process.platform === "linux") setPriority(0, Math.min(lowestPriority, getPriority(0) + yields));

function done({ id, password, salt }: Job): Done {
  try {
    const key = scryptSync(password.normalize("NFKC"), salt, length, { N, r, p, maxmem: 256 * N * r });
    return { id, key: key.toString("hex") };
  } catch (err) {
    return { id, error: String(err) };
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.on("message", (job: Job) => parentPort?.postMessage(done(job)));
