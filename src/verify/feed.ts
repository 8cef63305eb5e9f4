import type { Logger } from "../core/log.ts";
import type { Listener } from "../db/client.ts";
import type { Tag } from "./cache.ts";

/** News of what has changed, and whether it can be relied on to arrive. */
export type Feed = {
  /** Whether everything that was committed more than a second ago has been heard of. */
  trusted(): boolean;
  /** Trusts nothing until what this process has committed by now has been heard of, which takes one round trip. */
  fence(): void;
  /** A mark to be handed to `unchangedSince` when what was read from then on is to be kept. */
  mark(): number;
  /** Whether nothing that these tags name has changed since the mark, and the feed could be trusted all along. */
  unchangedSince(mark: number, tags: readonly Tag[]): boolean;
  close(): Promise<void>;
};

const channel = "gatehouse";
const beatMs = 200;
// Below a second by what a late beat and a slow answer may add.
const patienceMs = 800;
// After so many beats in a row that nobody heard the connection is deaf, whatever it says of itself.
const deafAfter = 15;
const remembered = 4096;

type Options = {
  listen: (channel: string, hear: (payload: string) => void, lost: () => void) => Promise<Listener>;
  drop: (tag: Tag) => void;
  clear: () => void;
  log: Logger;
};

/**
 * Listens for what triggers announce (PostgreSQL's LISTEN and NOTIFY), and sends itself a heartbeat over the same
 * channel. Notifications arrive in the order of their commits, so a heartbeat that comes back proves that everything
 * committed before it was sent has been heard. Without one for 0.8 s nothing is trusted.
 */
export function openFeed({ listen, drop, clear, log }: Options): Feed {
  const id = Bun.randomUUIDv7();
  let listener: Listener | undefined;
  let provenAt = -Infinity;
  let fencedAt = -Infinity;
  let unheard = 0;
  let sequence = 0;
  /** The mark before which nothing can be vouched for: the connection was away, or too much has happened since. */
  let floor = 0;
  let troubled = false;
  let closed = false;
  const heard: Tag[] = [];
  const pending = new Map<string, number>();

  const trouble = (err?: unknown): void => {
    if (troubled || closed) return;
    troubled = true;
    log.warn(err ? { err } : {}, "changes aren't heard of; every verification reads the database meanwhile");
  };
  const proven = (sentAt: number): void => {
    provenAt = Math.max(provenAt, sentAt);
    unheard = 0;
    if (!troubled) return;
    troubled = false;
    log.info("changes are heard of again");
  };
  const hear = (payload: string): void => {
    if (payload.startsWith("beat:")) {
      const sentAt = pending.get(payload);
      // Undefined: another replica's.
      if (sentAt !== undefined && pending.delete(payload)) proven(sentAt);
      return;
    }
    sequence++;
    if (payload === "all:*") return forget();
    heard[sequence % remembered] = payload as Tag;
    drop(payload as Tag);
  };
  const forget = (): void => {
    sequence++;
    floor = sequence;
    clear();
  };
  const lost = (): void => {
    listener = undefined;
    provenAt = -Infinity;
    pending.clear();
    forget();
    trouble();
  };
  const connect = async (): Promise<void> => {
    const opened = await listen(channel, hear, lost);
    if (closed) return opened.close();
    listener = opened;
    unheard = 0;
    forget();
  };
  const beat = async (): Promise<void> => {
    if (listener === undefined) await connect();
    if (listener === undefined) return;
    const payload = `beat:${id}:${Bun.randomUUIDv7()}`;
    if (pending.size > 50) pending.clear();
    pending.set(payload, performance.now());
    await listener.notify(payload);
  };
  let beating = false;
  const send = (): void => {
    if (beating || closed) return;
    beating = true;
    const startedAt = performance.now();
    beat()
      .catch(trouble)
      .finally(() => {
        beating = false;
        // A fence that went up meanwhile needs a beat that was sent after it.
        if (fencedAt >= startedAt) send();
      })
      .catch(() => {});
  };
  const timer = setInterval(() => {
    // Counted in beats, not in time: a process that was stopped for a while isn't deaf.
    if (listener !== undefined && ++unheard > deafAfter) {
      listener.close().catch(() => {});
      lost();
    }
    send();
  }, beatMs);
  send();

  const trusted = (): boolean => provenAt >= fencedAt && performance.now() - provenAt < patienceMs;
  return {
    trusted,
    fence() {
      fencedAt = performance.now();
      send();
    },
    mark: () => sequence,
    unchangedSince(mark, tags) {
      if (!trusted() || mark < floor || sequence - mark >= remembered) return false;
      for (let i = mark + 1; i <= sequence; i++) if (tags.includes(heard[i % remembered] as Tag)) return false;
      return true;
    },
    async close() {
      closed = true;
      clearInterval(timer);
      const last = listener;
      lost();
      await last?.close();
    },
  };
}

/** No news: nothing is ever kept. For a database whose commits never come, such as a test's sandbox. */
export const silentFeed: Feed = {
  trusted: () => false,
  fence() {},
  mark: () => 0,
  unchangedSince: () => false,
  close: async () => {},
};
