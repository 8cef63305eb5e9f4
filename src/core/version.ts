import type { z } from "zod";
import { PreconditionFailed } from "./problem.ts";

/** A strong validator (RFC 9110 §8.8) for a text that is sent: its ETag. */
export const versionOf = (text: string): string => `"${Bun.hash(text).toString(36)}"`;

/** The ETag of a resource as it is shown. */
export const etag = (shown: unknown): string => versionOf(JSON.stringify(shown));

/** Whether If-None-Match names this version, by RFC 9110's weak comparison. */
export const isKnown = (ifNoneMatch: string | undefined, version: string): boolean =>
  (ifNoneMatch?.split(",") ?? []).some((tag) => ["*", version].includes(tag.trim().replace(/^W\//, "")));

/**
 * Checks that a row still is the version that the client named.
 *
 * @param ifMatch the request's If-Match; undefined asks for nothing.
 * @param schema how the row is shown; null where the resource has no version, so that only `*` matches.
 * @throws 412 when the row, as `schema` shows it, is another version.
 */
export function checkMatch<Schema extends z.ZodType>(
  ifMatch: string | undefined,
  schema: Schema | null,
  row: z.input<Schema> | z.output<Schema>,
): void {
  if (ifMatch === undefined || ifMatch === "*") return;
  const current = schema === null ? null : etag(schema.parse(row));
  if (ifMatch.split(",").some((tag) => tag.trim() === current)) return;
  throw PreconditionFailed("It was changed since you read it. Read it again and repeat the change.");
}
