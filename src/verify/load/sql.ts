/**
 * The text of a lookup's statement, whose rows are `{ found, standing }`: the columns as one JSON document, since drivers
 * read two dozen of them field by field, which takes longer than all the rest of a lookup. The standing, which can be
 * long and is JSON by itself, stays outside, where nothing escapes it. `found` holds JSON's types; see `instant`.
 */
export const lookup = (parts: { columns: string; standing: string; from: string }): string =>
  `select row_to_json(found) as found, ${parts.standing} as standing
  from ${parts.from}
  cross join lateral (select ${parts.columns}) found`;

/** A row of such a statement. */
export type Row<Found> = { found: Found; standing: string | null };

/** Texts as one parameter, for `string_to_array`: drivers quote the elements of an array one by one. */
export const listed = (texts: readonly string[]): string => texts.join(",");

/** A timestamptz as milliseconds since 1970, for `instant` to read. */
export const milliseconds = (expression: string): string => `date_part('epoch', ${expression}) * 1000`;

const latest = 8.64e15;

/** The instant of so many milliseconds; what lies beyond JavaScript's time, such as 'infinity', is its last one. */
export const instant = (ms: number | string): Date => new Date(Math.min(Number(ms), latest));
