import type { Logger } from "../ops/log.ts";
import type { Listener } from "../db/types.ts";
import { type Beat, beatOf, type Beats } from "./beat.ts";
import type { Tag } from "./cache.ts";

/** Change notifications, and whether their delivery can be trusted at present. */
export type Invalidation = {
  /** Whether everything that was committed more than a second ago has been heard. The first call starts listening. */
  trusted(): boolean;
  /** Trusts nothing until what this process has committed by now has been heard, which takes one round trip. */
  fence(): void;
  /** A mark to hand to `unchangedSince` when what is read from now on is to be kept. */
  mark(): number;
  /** Whether nothing with these tags has changed since the mark, with delivery trusted all along. */
  unchangedSince(mark: number, tags: readonly Tag[]): boolean;
  close(): Promise<void>;
};

const channel = "gatehouse";
const beatMs = 200;
// Below a second by what a late beat and a slow answer may add.
const trustMs = 800;
// Longer than a beat takes that is merely late; the database lets only one of those that are impatient begin.
const senderGoneMs = 300;
// After so many beats without a proof the connection is given up, whatever its state says.
const unprovenMax = 15;
const remembered = 4096;

export type Options = {
  listen: (channel: string, hear: (payload: string) => void, lost: () => void) => Promise<Listener>;
  /** Sends a notification over the pool's connections. */
  announce: (channel: string, payload: string) => Promise<void>;
  /** Beats shared with other replicas; null for a process that has its database to itself, which announces its own. */
  beats: Beats | null;
  drop: (tag: Tag) => void;
  clear: () => void;
  log: Logger;
};

/**
 * Listens to what triggers announce (PostgreSQL's LISTEN and NOTIFY) and decides whether that can be trusted.
 *
 * Notifications arrive in the order of their commits. So a notification proves that everything committed before it was
 * sent has been heard. It must also prove that the pool talks to the server that is listened to. Two kinds do both:
 * - an echo: this process announces it over its pool and hears it on the listening connection;
 * - a beat: one replica sends it for all, into a row and over the channel. Each replica reads the row over its pool when
 *   it hears one. If the reading before didn't find the beat yet, all that was committed before that reading is heard.
 */
export function openInvalidation({ listen, announce, beats, drop, clear, log }: Options): Invalidation {
  let listener: Listener | undefined;
  let sender = "";
  let timer: Timer | undefined;
  let closed = false;
  let troubled = false;
  let provenAt = -Infinity;
  let fencedAt = -Infinity;
  let beatHeardAt = -Infinity;
  let sending = false;
  let unproven = 0;
  let comparing: Promise<void> | undefined;
  let reading: { at: number; number: number } | undefined;
  let sequence = 0;
  /** Nothing read before this mark may be kept: the connection was away meanwhile, or too much has changed. */
  let floor = 0;
  const heard: Tag[] = [];
  const echoes = new Map<string, number>();

  const trouble = (err?: unknown): void => {
    if (troubled || closed) return;
    troubled = true;
    log.warn(err ? { err } : {}, "change notifications don't arrive; every verification reads the database meanwhile");
  };
  const prove = (since: number): void => {
    provenAt = Math.max(provenAt, since);
    unproven = 0;
    if (!troubled) return;
    troubled = false;
    log.info("change notifications arrive again");
  };
  const forget = (): void => {
    sequence++;
    floor = sequence;
    clear();
  };
  const lost = (): void => {
    listener = undefined;
    provenAt = -Infinity;
    reading = undefined;
    sending = false;
    echoes.clear();
    forget();
    trouble();
  };
  const giveUp = (): void => {
    listener?.close().catch(() => {});
    lost();
  };
  const compare = async (beat: Beat): Promise<void> => {
    const [at, on] = [performance.now(), listener];
    const found = await beats?.read(beat);
    if (listener !== on || found === undefined || found.kind === "later") return;
    if (found.kind === "elsewhere") return giveUp();
    if (reading !== undefined && reading.number < beat.number) prove(reading.at);
    reading = { at, number: found.number };
  };
  const hear = (payload: string): void => {
    const echoedAt = echoes.get(payload);
    if (echoedAt !== undefined && echoes.delete(payload)) return prove(echoedAt);
    // Another replica's.
    if (payload.startsWith("echo:")) return;
    const beat = beatOf(payload);
    if (beat !== null) {
      beatHeardAt = performance.now();
      comparing ??= compare(beat)
        .catch(trouble)
        .finally(() => (comparing = undefined));
      return;
    }
    sequence++;
    if (payload === "all:*") return forget();
    heard[sequence % remembered] = payload as Tag;
    drop(payload as Tag);
  };
  const connect = async (): Promise<void> => {
    const opened = await listen(channel, hear, lost);
    if (closed) return opened.close();
    listener = opened;
    sender = Bun.randomUUIDv7();
    unproven = 0;
    forget();
  };
  const echo = async (): Promise<void> => {
    const payload = `echo:${Bun.randomUUIDv7()}`;
    if (echoes.size > 50) echoes.clear();
    echoes.set(payload, performance.now());
    await announce(channel, payload);
  };
  const beat = async (): Promise<void> => {
    const isNew = listener === undefined;
    if (listener === undefined) await connect();
    if (listener === undefined) return;
    if (beats === null || isNew || provenAt < fencedAt) await echo();
    if (beats === null || listener === undefined || (!sending && performance.now() - beatHeardAt < senderGoneMs))
      return;
    sending = await beats.send(listener, sender);
  };
  const beatNow = oneAtATime(() => beat().catch(trouble));
  const echoNow = oneAtATime(async () => {
    const startedAt = performance.now();
    if (listener !== undefined) await echo().catch(trouble);
    // A fence that went up meanwhile needs an echo that was sent after it.
    return fencedAt >= startedAt && listener !== undefined && !closed;
  });
  const trusted = (): boolean => {
    if (timer === undefined && !closed) {
      timer = setInterval(() => {
        // Counted in beats, not in time: a process that was stopped for a while isn't deaf.
        if (listener !== undefined && ++unproven > unprovenMax) giveUp();
        beatNow();
      }, beatMs);
      beatNow();
    }
    return provenAt >= fencedAt && performance.now() - provenAt < trustMs;
  };
  return {
    trusted,
    fence() {
      fencedAt = performance.now();
      echoNow();
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

/** Runs `work` unless it is under way, and again while it asks for it. What it rejects with is dropped. */
function oneAtATime(work: () => Promise<boolean | void>): () => void {
  let busy = false;
  const run = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    const again = await work().finally(() => (busy = false));
    if (again) await run();
  };
  return () => void run().catch(() => {});
}

/** Never trusted, so nothing is kept: for a database whose commits never come, such as a test's sandbox. */
export const noInvalidation: Invalidation = {
  trusted: () => false,
  fence() {},
  mark: () => 0,
  unchangedSince: () => false,
  close: async () => {},
};
