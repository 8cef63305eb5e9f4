import { existsSync, realpathSync, rmSync } from "node:fs";
import type { Progress } from "./backup.ts";
import { OperatorError } from "../core/operator-error.ts";
import type { Manifest } from "./manifest.ts";

/*
 * An embedded database belongs to one process. Who wants a backup while a server has it asks that server, through a socket
 * beside the data directory that its owner alone can open.
 */

type Line = { table: string } | { done: Manifest } | { failed: string };

type Make = (to: string | undefined, progress: Progress) => Promise<Manifest>;

/** Longer paths can't be sockets. */
const pathBytesMax = 100;

const socketOf = (url: string): string | null => {
  const directory = url.startsWith("pglite:") ? url.slice("pglite:".length) : "memory";
  if (directory === "memory" || !existsSync(directory)) return null;
  const path = `${realpathSync(directory)}.sock`;
  return Buffer.byteLength(path) <= pathBytesMax ? path : null;
};

/**
 * Makes backups for who asks through the socket, one at a time.
 *
 * @param url of the embedded database; nothing is done for another.
 * @param explained why something failed, in a line for the operator.
 */
export function serveBackups(url: string, make: Make, explained: (err: unknown) => string): { stop(): Promise<void> } {
  const path = socketOf(url);
  if (path === null) return { stop: async () => {} };
  // Left by a process that was killed: the directory is ours.
  rmSync(path, { force: true });
  let last: Promise<unknown> = Promise.resolve();
  const mask = process.umask(0o177);
  const server = Bun.serve({
    unix: path,
    async fetch(request) {
      const { to } = (await request.json()) as { to?: string };
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const writer = writable.getWriter();
      const say = (line: Line) =>
        void writer.write(new TextEncoder().encode(`${JSON.stringify(line)}\n`)).catch(() => {});
      last = last
        .then(() => make(to, (table) => say({ table })))
        .then(
          (manifest) => say({ done: manifest }),
          (err: unknown) => say({ failed: explained(err) }),
        )
        .then(() => writer.close().catch(() => {}));
      return new Response(readable);
    },
  });
  process.umask(mask);
  return {
    async stop() {
      await last;
      await server.stop(true);
      rmSync(path, { force: true });
    },
  };
}

/**
 * Has the server that holds an embedded database make a backup.
 *
 * @param to absolute; where its settings say where it isn't given.
 * @returns null where no server holds it.
 * @throws OperatorError with what the server says of a failure.
 */
export async function askRunning(url: string, to: string | undefined, progress: Progress): Promise<Manifest | null> {
  const path = socketOf(url);
  if (path === null || !existsSync(path)) return null;
  const answer = await fetch("http://gatehouse/backup", {
    unix: path,
    method: "POST",
    body: JSON.stringify({ to }),
    // However long it takes.
    timeout: false,
  } as RequestInit).catch(() => null);
  if (answer?.body == null) return null;
  let rest = "";
  const decoder = new TextDecoder();
  for await (const bytes of answer.body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines.map((text) => JSON.parse(text) as Line)) {
      if ("done" in line) return line.done;
      if ("failed" in line) throw new OperatorError(line.failed);
      progress(line.table);
    }
  }
  throw new OperatorError("the server that holds the database ended before the backup was there; try again");
}
