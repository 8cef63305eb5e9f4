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
  let sequence = 0;
  /** The mark before which nothing can be vouched for: the connection was away, or too much has happened since. */
  let floor = 0;
  let closed = false;
  const heard: Tag[] = [];
  const pending = new Map<string, number>();

  const hear = (payload: string): void => {
    if (payload.startsWith("beat:")) {
      const sentAt = pending.get(payload);
      if (sentAt === undefined) return;
      pending.delete(payload);
      provenAt = Math.max(provenAt, sentAt);
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
  };
  const connect = async (): Promise<void> => {
    try {
      const opened = await listen(channel, hear, lost);
      if (closed) return await opened.close();
      listener = opened;
      forget();
    } catch (err) {
      log.warn({ err }, "can't listen for changes; every verification reads the database meanwhile");
    }
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
  const tick = (): void => {
    if (beating) return;
    beating = true;
    const startedAt = performance.now();
    beat()
      .catch((err: unknown) => log.warn({ err }, "a heartbeat could not be sent"))
      .finally(() => {
        beating = false;
        // A fence that went up meanwhile needs a beat that was sent after it.
        if (fencedAt >= startedAt && !closed) tick();
      })
      .catch(() => {});
  };
  const timer = setInterval(tick, beatMs);
  tick();

  const trusted = (): boolean => provenAt > fencedAt && performance.now() - provenAt < patienceMs;
  return {
    trusted,
    fence() {
      fencedAt = performance.now();
      tick();
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
      await listener?.close();
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
