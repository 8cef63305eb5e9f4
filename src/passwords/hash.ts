import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { openQueue } from "./queue.ts";
import type { Done, Job } from "./worker.ts";

/** Whether a password matches. `renewed` takes the place of a hash that is right but not of today's form. */
export type Match = { right: boolean; renewed?: string };

/**
 * Hashes passwords with argon2id at OWASP's parameters, as PHC strings, and checks them against hashes of every form
 * in `formats/`. A call waits its turn; it rejects with a 503 where too many wait or its `signal` was aborted
 * meanwhile, and with an error for a stored text that can't be checked.
 */
export type Passwords = {
  hash(password: string, signal?: AbortSignal): Promise<string>;
  check(data: { hash: string; password: string }, signal?: AbortSignal): Promise<Match>;
  close(): Promise<void>;
};

type Task = Omit<Job, "id">;
type Result = { hash: string } | Match;
type Waiting = { resolve: (result: Result) => void; reject: (err: Error) => void };

/** A thread that hashes, started with its first job. It keeps the process alive only while it has one. */
class Hasher {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #last = 0;

  get busy(): number {
    return this.#waiting.size;
  }

  run(task: Task): Promise<Result> {
    const worker = (this.#worker ??= this.#begin());
    worker.ref();
    return new Promise((resolve, reject) => {
      const job: Job = { id: ++this.#last, ...task };
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
    const worker = new Worker(program);
    worker.on("message", ({ id, ...done }: Done) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) worker.unref();
      if ("error" in done) waiting?.reject(new Error(done.error));
      else waiting?.resolve(done);
    });
    // An error ends the thread and its jobs; the next job starts another thread.
    worker.on("error", () => void this.end().catch(() => {}));
    return worker;
  }
}

/** The thread's program. An executable has it as an entry point of its own. */
const program = import.meta.path.startsWith("/$bunfs/")
  ? new URL("file:///$bunfs/root/passwords/worker.js")
  : new URL("./worker.ts", import.meta.url);

// Some five seconds' worth of hashing on a busy core: clients that would wait longer have given up.
const waitingPerThread = 100;

/**
 * Opens the threads that hash, behind one queue.
 *
 * @param threads how many passwords are hashed at once; each takes 19 MiB meanwhile, and up to 128 MiB for another system's hash.
 */
export function openPasswords(threads: number): Passwords {
  const hashers = Array.from({ length: threads }, () => new Hasher());
  const queue = openQueue({ atOnce: threads, waiting: threads * waitingPerThread });
  const run = (task: Task, signal?: AbortSignal): Promise<Result> =>
    queue(() => {
      const [idlest] = hashers.toSorted((a, b) => a.busy - b.busy);
      return (idlest as Hasher).run(task);
    }, signal);
  return {
    hash: async (password, signal) => ((await run({ password }, signal)) as { hash: string }).hash,
    check: async ({ hash, password }, signal) => (await run({ password, hash }, signal)) as Match,
    async close() {
      await Promise.all(hashers.map((hasher) => hasher.end()));
    },
  };
}

/**
 * How many threads a process hashes with: one core is left to what answers requests.
 *
 * @param processes that share the machine; `auto` for one per core.
 */
export function hashingThreads(processes: number | "auto"): number {
  const cores = availableParallelism();
  return Math.min(4, Math.max(1, Math.floor((cores - 1) / (processes === "auto" ? cores : processes))));
}
