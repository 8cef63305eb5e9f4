import { write } from "node:fs";

/** Where log lines go. */
export type Sink = {
  /** Takes a line, with its line break. Never waits and never throws. */
  write(line: string): void;
  /** Resolves when every line has been written, or after a second: whoever reads them may have stopped. */
  close(): Promise<void>;
};

const chunkLength = 64 * 1024;
// PIPE_BUF: of several processes that write to one pipe, none writes into the middle of another's piece of this length.
const sharedLength = 4096;
const fullRetryMs = 250;
const busyRetryMs = 10;
// Under load a write takes the lines of so many milliseconds: one for each answer costs more than making the line.
const gatherMs = 10;
const closeMs = 1_000;

type Options = {
  /** The open file, pipe or terminal that is written to. */
  fd: number;
  /** Characters that may wait to be written; lines beyond it are dropped. */
  maxLength?: number;
  /** Whether other processes write there too: then it takes whole lines only, as many as stay in one piece. */
  shared?: boolean;
  /** Told how many lines were dropped, once lines can be written again. */
  onDropped: (lines: number) => void;
};

/**
 * Writes lines from memory, behind whatever made them. A write runs in a thread, so a pipe that nobody reads stops
 * nothing here; one that fails, as on a full disk, is tried again.
 */
export function openSink({ fd, maxLength = 4 * 1024 * 1024, shared = false, onDropped }: Options): Sink {
  const most = shared ? sharedLength : chunkLength;
  const chunks: string[] = [];
  let length = 0;
  let dropped = 0;
  let writing: Promise<void> | undefined;

  const take = (line: string): void => {
    if (length + line.length > maxLength) {
      dropped++;
      return;
    }
    length += line.length;
    const last = chunks.length - 1;
    if (last >= 0 && (chunks[last]?.length ?? 0) + line.length <= most) chunks[last] += line;
    else chunks.push(line);
  };
  const drain = async (): Promise<void> => {
    // After this turn of the event loop: the answers that the lines are about go first.
    await new Promise((resolve) => setImmediate(resolve));
    while (chunks.length > 0) {
      for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
        await writeWhole(fd, Buffer.from(chunk));
        length -= chunk.length;
        if (dropped === 0) continue;
        const lines = dropped;
        dropped = 0;
        onDropped(lines);
      }
      await pause(gatherMs);
    }
    writing = undefined;
  };
  return {
    write(line) {
      take(line);
      writing ??= drain();
    },
    async close() {
      const deadline = Promise.withResolvers<void>();
      const timer = setTimeout(deadline.resolve, closeMs);
      await Promise.race([writing, deadline.promise]);
      clearTimeout(timer);
    },
  };
}

async function writeWhole(fd: number, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const result = await writeSome(fd, bytes, at);
    if (typeof result === "number") at += result;
    else await pause(result.code === "EAGAIN" ? busyRetryMs : fullRetryMs);
  }
}

const writeSome = (fd: number, bytes: Buffer, at: number): Promise<number | NodeJS.ErrnoException> =>
  new Promise((resolve) => {
    write(fd, bytes, at, bytes.length - at, null, (err, written) => resolve(err ?? written));
  });

/** Doesn't keep the process alive. @param ms milliseconds. */
const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
