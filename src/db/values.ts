import { types as liteTypes, type ParserOptions } from "@electric-sql/pglite";
import { types as pgBuiltIn } from "pg";

/*
 * The JavaScript types of a row's values, the same on both databases.
 * Object rows: timestamptz a Date; date, timestamp, interval and numeric their text; int8 a number, or a bigint where a
 * number would lose digits; json parsed; bytea a Buffer. Array rows feed drizzle's columns, which want times as text.
 */

const OID = {
  int8: 20,
  int8Array: 1016,
  bytea: 17,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  interval: 1186,
} as const;
const TIME_ARRAYS = [1115, 1182, 1185, 1187];
const NUMERIC_ARRAY = 1231;

const asText = (text: string) => text;

function asInteger(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

const asBytes = (text: string) => Buffer.from(text.slice(2), "hex");

type Parser = (text: string) => unknown;

const builtIn = pgBuiltIn.getTypeParser.bind(pgBuiltIn) as (oid: number, format?: "text" | "binary") => Parser;

const parseTexts = builtIn(OID.int8Array);
const asIntegers = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(asIntegers) : typeof value === "string" ? asInteger(value) : value;

const common = new Map<number, Parser>([
  [OID.int8, asInteger],
  ...[OID.date, OID.timestamp, OID.interval].map((oid) => [oid, asText] as const),
]);
const forArrays = new Map<number, Parser>([
  ...common,
  ...[OID.timestamptz, ...TIME_ARRAYS, NUMERIC_ARRAY].map((oid) => [oid, asText] as const),
]);

const pgTypes = (parsers: Map<number, Parser>) => {
  const own = new Map(parsers).set(OID.int8Array, (text) => asIntegers(parseTexts(text)));
  return {
    getTypeParser: (oid: number, format?: "text" | "binary") => own.get(oid) ?? builtIn(oid, format),
  };
};

export const pgValues = { object: pgTypes(common), array: pgTypes(forArrays) };

const liteParsers = (parsers: Map<number, Parser>): ParserOptions =>
  Object.fromEntries([...parsers, [liteTypes.BYTEA, asBytes] as const]);

export const liteValues = { object: liteParsers(common), array: liteParsers(forArrays) };
