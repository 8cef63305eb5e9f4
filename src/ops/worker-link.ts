/** What a worker tells the process that started it. */
export type FromWorker =
  | { kind: "ready"; migrated: readonly string[] }
  | { kind: "listening" }
  | { kind: "figures"; id: number; text: string }
  | { kind: "ask-figures"; id: number };

/** What it is told. */
export type ToWorker =
  | { kind: "listen" }
  | { kind: "give-figures"; id: number }
  | { kind: "all-figures"; id: number; text: string };

/** A worker's way to the process that started it. */
export type Parent = {
  /** Says that all is open, and resolves when the port is free to be shared. */
  ready(migrated: readonly string[]): Promise<void>;
  listening(): void;
  /** The figures of all workers, as Prometheus reads them. */
  figures(): Promise<string>;
  /** Answers with this worker's own figures from now on. */
  answerWith(own: () => Promise<string>): void;
  /** Resolves when the other process has ended, whose port this one must not keep. */
  readonly gone: Promise<void>;
  close(): void;
};

/**
 * The way to the process that started this one as a worker; undefined where it runs alone.
 *
 * @param number what that process has called it.
 */
export function parentOf(number: string | undefined): Parent | undefined {
  if (number === undefined || process.send === undefined) return undefined;
  const tell = (message: FromWorker) => void process.send?.(message);
  const mayListen = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const asked = new Map<number, (text: string) => void>();
  let last = 0;
  let own = async () => "";
  const giveFigures = async (id: number) => tell({ kind: "figures", id, text: await own() });
  process.on("message", (message: ToWorker) => {
    if (message.kind === "listen") mayListen.resolve();
    // Without an answer its figures are left out.
    else if (message.kind === "give-figures") giveFigures(message.id).catch(() => {});
    else {
      asked.get(message.id)?.(message.text);
      asked.delete(message.id);
    }
  });
  process.on("disconnect", () => {
    mayListen.resolve();
    gone.resolve();
  });
  return {
    ready: (migrated) => {
      tell({ kind: "ready", migrated });
      return mayListen.promise;
    },
    listening: () => tell({ kind: "listening" }),
    figures: () =>
      new Promise((resolve) => {
        asked.set(++last, resolve);
        tell({ kind: "ask-figures", id: last });
      }),
    answerWith: (read) => void (own = read),
    gone: gone.promise,
    close: () => process.disconnect?.(),
  };
}
