import type { Clock } from "../core/clock.ts";
import { isMadeUp } from "../core/sign-in.ts";
import type { Tx } from "../db/types.ts";
import { Letter, opensMinutes } from "./letter.ts";

/**
 * Queues a letter in a transaction, or in one of its own: it is sent if that commits, and then surely, unless what it
 * opens has expired by then.
 *
 * @throws where the database is away, or too much mail waits.
 */
export type Post = (tx: Tx | null, letter: Letter) => Promise<void>;

/** Mail, as work that is done later. */
export const letters = { name: "mail", schema: Letter };

type Enqueue = (tx: Tx | null, kind: typeof letters, letter: Letter, options: { expiresAt?: Date }) => Promise<void>;

export const openPost =
  ({ enqueue }: { enqueue: Enqueue }, clock: Clock): Post =>
  async (tx, letter) => {
    if (isMadeUp(letter.to)) return;
    const minutes = opensMinutes[letter.about.kind];
    const until = minutes === null ? {} : { expiresAt: new Date(clock().getTime() + minutes * 60_000) };
    return enqueue(tx, letters, letter, until);
  };
