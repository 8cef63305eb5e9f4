import type { Database } from "../db/types.ts";
import { currentHead, type Head, type HeadKey } from "./head.ts";
import type { Place } from "./place.ts";

/** What the file of a head is called: heads sort by their time. */
export const headName = ({ sealedAt, batch }: Head): string =>
  `head-${sealedAt.replaceAll(":", "-").replace(/\.\d+/, "")}-${batch}.jws`;

/**
 * Writes the head to a place, unless nothing was sealed since `last`.
 *
 * @param iss the service's base URL.
 * @returns the batch of the head that is there now.
 */
export async function publishHead(
  { database, place, key }: { database: Database; place: Place; key: HeadKey },
  iss: string,
  last: number,
): Promise<number> {
  const head = await currentHead(database, iss);
  if (!head || head.batch === last) return last;
  await place.write(headName(head), `${key.sign(head)}\n`);
  return head.batch;
}
