import { randomBytes, timingSafeEqual } from "node:crypto";
import { Worker } from "node:worker_threads";
import { openQueue } from "./queue.ts";
import type { Done, Job } from "./worker.ts";

/**
 * Hashes passwords with scrypt (N=2^14, r=16, p=1) and 16 random bytes of salt, in better-auth's form `salt:key`. Each
 * call waits its turn, and rejects with a 503 where too many wait or its `signal` was aborted meanwhile.
 */
export type Passwords = {
  hash(password: string, signal?: AbortSignal): Promise<string>;
  verify(data: { hash: string; password: string }, signal?: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
};

type Waiting = { resolve: (key: string) => void; reject: (err: Error) => void };

/** A thread that hashes, started with its first job. It keeps the process alive only while it has one. */
class Hasher {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #last = 0;

  get busy(): number {
    return this.#waiting.size;
  }

  derive(password: string, salt: string): Promise<string> {
    const worker = (this.#worker ??= this.#begin());
    worker.ref();
    return new Promise((resolve, reject) => {
      const job: Job = { id: ++this.#last, password, salt };
      this.#waiting.set(job.id, { resolve, reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage(job);
    });
  }

  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(new Error("the hashing of passwords has ended"));
    this.#waiting.clear();
    await worker?.terminate();
  }

  #begin(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url));
    worker.on("message", (done: Done) => {
      const waiting = this.#waiting.get(done.id);
      this.#waiting.delete(done.id);
      if (this.#waiting.size === 0) worker.unref();
      if ("key" in done) waiting?.resolve(done.key);
      else waiting?.reject(new Error(done.error));
    });
    // An error ends the thread and its jobs; the next job starts another thread.
    worker.on("error", () => void this.end().catch(() => {}));
    return worker;
  }
}

// Some five seconds' worth of hashing: clients that would wait longer have given up.
const waitingPerThread = 100;

/**
 * Opens the threads that hash, behind one queue.
 *
 * @param threads how many passwords are hashed at once; each takes 32 MiB meanwhile.
 */
export function openPasswords(threads: number): Passwords {
  const hashers = Array.from({ length: threads }, () => new Hasher());
  const queue = openQueue({ atOnce: threads, waiting: threads * waitingPerThread });
  const derive = (password: string, salt: string, signal?: AbortSignal): Promise<string> =>
    queue(() => {
      const [idlest] = hashers.toSorted((a, b) => a.busy - b.busy);
      return (idlest as Hasher).derive(password, salt);
    }, signal);
  return {
    async hash(password, signal) {
      const salt = randomBytes(16).toString("hex");
      return `${salt}:${await derive(password, salt, signal)}`;
    },
    async verify({ hash, password }, signal) {
      const [salt, key] = hash.split(":");
      if (!salt || !key) throw new Error("a stored password isn't a salt and a key");
      const [given, expected] = [Buffer.from(await derive(password, salt, signal)), Buffer.from(key)];
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
    async close() {
      await Promise.all(hashers.map((hasher) => hasher.end()));
    },
  };
}
