import type { Tx } from "../db/types.ts";
import type { Letter } from "./letter.ts";

/**
 * Queues a letter in a transaction, or in one of its own: it is sent if that commits, and then surely.
 *
 * @throws where the database is away, or too much mail waits.
 */
export type Post = (tx: Tx | null, letter: Letter) => Promise<void>;
