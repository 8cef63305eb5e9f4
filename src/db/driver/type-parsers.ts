import { types as liteTypes, type ParserOptions } from "@electric-sql/pglite";
import { types as pgBuiltIn } from "pg";

/*
 * The JavaScript types of a row's values, the same on both databases.
 * Object rows: timestamptz a Date; date, timestamp, interval and numeric their text; int8 a number, or a bigint where a
 * number would lose digits; json parsed; bytea a Buffer. Array rows feed drizzle's columns, which want times as text.
 */

const oids = {
  int8: 20,
  int8Array: 1016,
  bytea: 17,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  interval: 1186,
} as const;
const timeArrays = [1115, 1182, 1185, 1187];
const numericArray = 1231;

const asText = (text: string) => text;

function asInteger(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

const asBytes = (text: string) => Buffer.from(text.slice(2), "hex");

type Parser = (text: string) => unknown;

const builtIn = pgBuiltIn.getTypeParser.bind(pgBuiltIn) as (oid: number, format?: "text" | "binary") => Parser;

const parseTexts = builtIn(oids.int8Array);
const asIntegers = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(asIntegers) : typeof value === "string" ? asInteger(value) : value;

const common = new Map<number, Parser>([
  [oids.int8, asInteger],
  ...[oids.date, oids.timestamp, oids.interval].map((oid) => [oid, asText] as const),
]);
const forArrays = new Map<number, Parser>([
  ...common,
  ...[oids.timestamptz, ...timeArrays, numericArray].map((oid) => [oid, asText] as const),
]);

const pgTypes = (parsers: Map<number, Parser>) => {
  const own = new Map(parsers).set(oids.int8Array, (text) => asIntegers(parseTexts(text)));
  return {
    getTypeParser: (oid: number, format?: "text" | "binary") => own.get(oid) ?? builtIn(oid, format),
  };
};

export const pgValues = { object: pgTypes(common), array: pgTypes(forArrays) };

const liteParsers = (parsers: Map<number, Parser>): ParserOptions =>
  Object.fromEntries([...parsers, [liteTypes.BYTEA, asBytes] as const]);

export const liteValues = { object: liteParsers(common), array: liteParsers(forArrays) };
