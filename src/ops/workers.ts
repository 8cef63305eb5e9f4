import { OperatorError } from "../core/operator-error.ts";
import type { Logger } from "./log.ts";
import { mergedFigures } from "./merged-figures.ts";
import type { FromWorker, ToWorker } from "./worker-link.ts";

type Child = {
  readonly number: number;
  readonly process: Bun.Subprocess;
  readonly listening: Promise<readonly string[] | undefined>;
};

type Options = {
  readonly count: number;
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  /** Gives the port up, which the first worker is about to share with the others. */
  readonly release: () => Promise<void>;
};

/** Processes that serve one port together. */
export type Workers = {
  /**
   * Starts all of them, the first one alone: what keeps it from starting is said once.
   *
   * @returns the migrations that it applied; null where it didn't start, and has said why.
   */
  start(): Promise<readonly string[] | null>;
  /** Rejects when a worker ends again and again right after its start, with an OperatorError, or can't be started at all. */
  readonly hopeless: Promise<never>;
  /** The figures of all that answer, as Prometheus reads them. */
  figures(): Promise<string>;
  /** Lets each answer what is in flight, and resolves when the last has ended. */
  stop(): Promise<void>;
};

/** A worker that ends sooner after its start fails again and again; one that lived longer is started at once. */
const youngMs = 10_000;
const hopelessAfter = 5;
const pauseMs = (failures: number): number => (failures === 0 ? 0 : Math.min(30_000, 125 * 2 ** failures));
/** A worker drains for ten seconds and then closes what it has open. */
const drainMs = 15_000;
const figuresMs = 1_000;

/** Starts workers, and starts one again that ends. */
export function openWorkers({ count, command, env, log, release }: Options): Workers {
  const children = new Map<number, Child>();
  const asked = new Map<number, (text: string) => void>();
  const hopeless = Promise.withResolvers<never>();
  // Nobody may be waiting for it yet.
  hopeless.promise.catch(() => {});
  const stopping = new AbortController();
  let released: Promise<void> | undefined;
  let restarts = 0;
  let questions = 0;

  const tell = (child: Child | undefined, message: ToWorker) => {
    // One that has just ended hears nothing, which its end says by itself.
    try {
      child?.process.send(message);
    } catch {}
  };
  const hear = async (number: number, message: FromWorker, listening: (migrated: readonly string[]) => void) => {
    const child = children.get(number);
    if (message.kind === "ready") {
      await (released ??= release());
      tell(child, { kind: "listen" });
      listening(message.migrated);
    }
    if (message.kind === "figures") asked.get(message.id)?.(message.text);
    if (message.kind === "ask-figures") tell(child, { kind: "all-figures", id: message.id, text: await figures() });
  };
  const spawn = (number: number): Child => {
    const listening = Promise.withResolvers<readonly string[] | undefined>();
    let migrated: readonly string[] = [];
    const child = Bun.spawn([...command], {
      env: { ...env, [workerVariable]: String(number) },
      stdio: ["ignore", "inherit", "inherit"],
      ipc: (message: FromWorker) => {
        if (message.kind === "listening") listening.resolve(migrated);
        else hear(number, message, (tags) => void (migrated = tags)).catch(hopeless.reject);
      },
    });
    child.exited.then(() => listening.resolve(undefined)).catch(hopeless.reject);
    const started = { number, process: child, listening: listening.promise };
    children.set(number, started);
    return started;
  };
  const keep = async (first: Child): Promise<void> => {
    let failures = 0;
    for (let child = first; ; child = spawn(first.number)) {
      const began = performance.now();
      await child.process.exited;
      if (stopping.signal.aborted) return;
      restarts++;
      failures = performance.now() - began < youngMs ? failures + 1 : 0;
      const how = child.process.signalCode ?? `exit code ${child.process.exitCode}`;
      log.error({ worker: child.number, pid: child.process.pid, how, failures }, "a worker ended");
      if (failures === hopelessAfter) {
        const within = `within ${youngMs / 1000} s of its start`;
        const why = `a worker ended ${failures} times in a row ${within} (${how}): the lines before this one say why`;
        return hopeless.reject(new OperatorError(why));
      }
      await Promise.race([Bun.sleep(pauseMs(failures)), aborted(stopping.signal)]);
      if (stopping.signal.aborted) return;
    }
  };
  const ask = (child: Child): Promise<readonly [number, string]> => {
    const id = ++questions;
    const { promise, resolve } = Promise.withResolvers<string>();
    asked.set(id, resolve);
    tell(child, { kind: "give-figures", id });
    const timer = setTimeout(() => resolve(""), figuresMs);
    return promise.then((text) => {
      clearTimeout(timer);
      asked.delete(id);
      return [child.number, text] as const;
    });
  };
  const figures = async (): Promise<string> => {
    const pages = new Map(await Promise.all([...children.values()].map(ask)));
    const alive = [...pages.values()].filter((page) => page !== "").length;
    return [mergedFigures(pages), ...ownFigures(count, alive, restarts)].join("\n");
  };
  return {
    hopeless: hopeless.promise,
    figures,
    async start() {
      const first = spawn(1);
      const migrated = await first.listening;
      if (migrated === undefined) return null;
      const others = Array.from({ length: count - 1 }, (_, at) => spawn(at + 2));
      for (const child of [first, ...others]) keep(child).catch(hopeless.reject);
      await Promise.all(others.map(({ listening }) => listening));
      return migrated;
    },
    async stop() {
      stopping.abort();
      const all = [...children.values()].map(({ process }) => process);
      for (const each of all) each.kill("SIGTERM");
      const timer = setTimeout(() => {
        for (const each of all) each.kill("SIGKILL");
      }, drainMs);
      await Promise.all(all.map(({ exited }) => exited));
      clearTimeout(timer);
    },
  };
}

/** The variable by which a worker learns its number. */
export const workerVariable = "GATEHOUSE_WORKER";

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));

const ownFigures = (wanted: number, alive: number, restarts: number): string[] => [
  "# HELP gatehouse_workers Processes that share the port",
  "# TYPE gatehouse_workers gauge",
  `gatehouse_workers{state="wanted"} ${wanted}`,
  `gatehouse_workers{state="answering"} ${alive}`,
  "# HELP gatehouse_worker_restarts_total Workers that ended and were started again",
  "# TYPE gatehouse_worker_restarts_total counter",
  `gatehouse_worker_restarts_total ${restarts}`,
  "",
];
