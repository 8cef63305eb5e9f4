import type { Database } from "../db/client.ts";

/**
 * Runs a statement whose rows come as one JSON document: drivers read two dozen columns of many rows field by field,
 * which takes longer than all the rest of a lookup. Rows hold JSON's types; see `instant`.
 */
export function rowsOf(text: string) {
  const whole = `select coalesce(json_agg(found), '[]'::json) as rows from (${text}) found`;
  return async <Row>(database: Database, name: string, values: readonly unknown[]): Promise<Row[]> => {
    const [answer] = await database.statement<{ rows: Row[] }>(name, whole, values);
    return answer?.rows ?? [];
  };
}

/** Texts as one parameter, for `string_to_array`: drivers quote the elements of an array one by one. */
export const listed = (texts: readonly string[]): string => texts.join(",");

/** A timestamptz as milliseconds since 1970, for `instant` to read. */
export const milliseconds = (expression: string): string => `date_part('epoch', ${expression}) * 1000`;

const latest = 8.64e15;

/** The instant of so many milliseconds; what lies beyond JavaScript's time, such as 'infinity', is its last one. */
export const instant = (ms: number | string): Date => new Date(Math.min(Number(ms), latest));
