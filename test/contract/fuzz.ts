import { type JsonSchema, type Operation, resolve } from "./document.ts";
import { sampleBody, typesOf, withValue } from "./samples.ts";
import { misfits } from "./schema.ts";

/** One place of a request that a value can be put into. */
export type Place = {
  /** `query limit`, `body permissions.0.effect`: how a failure names it. */
  name: string;
  /** Its dotted path, as a 422 names it. */
  field: string;
  in: "path" | "query" | "header" | "body";
  schema: JsonSchema;
  /** Leaves the place empty where the value is undefined. */
  put(request: Draft, value: unknown): Draft;
};

/** A request before it is sent. */
export type Draft = {
  path: Readonly<Record<string, string>>;
  query: readonly (readonly [string, string])[];
  headers: Readonly<Record<string, string>>;
  body: unknown;
};

type Key = string | number;

/** Every place of an operation's requests: its parameters, and each field of its body at any depth. */
export function placesOf(operation: Operation): Place[] {
  const parameters = (operation.parameters ?? []).map(({ name, in: within, schema = {} }): Place => {
    const place = within as "path" | "query" | "header";
    return { name: `${place} ${name}`, field: name, in: place, schema: resolve(schema), put: putters[place](name) };
  });
  const fields = operation.body ? fieldsOf(operation.body, []) : [];
  return [
    ...parameters,
    ...fields.map(([path, schema]): Place => ({
      name: `body ${path.join(".")}`,
      field: path.join("."),
      in: "body",
      schema,
      put: (request, value) => ({ ...request, body: withValue(request.body, path, value) }),
    })),
  ];
}

const putters: Record<"path" | "query" | "header", (name: string) => Place["put"]> = {
  path: (name) => (request, value) => ({ ...request, path: { ...request.path, [name]: textOf(value) } }),
  query: (name) => (request, value) => ({
    ...request,
    query: [
      ...request.query.filter(([other]) => other !== name),
      ...(value === undefined ? [] : [value].flat().map((text) => [name, textOf(text)] as const)),
    ],
  }),
  header: (name) => (request, value) => ({
    ...request,
    // What a header can't hold isn't sent.
    headers: { ...request.headers, [name]: textOf(value).replaceAll(/[^\x20-\x7e]/g, "") },
  }),
};

/** A value as text, which a URL can hold. */
export const textOf = (value: unknown): string =>
  (typeof value === "string" ? value : (JSON.stringify(value) ?? "")).toWellFormed();

/** The fields of a body with the paths to them; the first item of an array, and one free key of a record, included. */
function fieldsOf(given: JsonSchema, path: Key[]): [Key[], JsonSchema][] {
  const schema = resolve(given);
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  const free = typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
  const inner: [Key, JsonSchema][] = [
    ...Object.entries(schema.properties ?? {}),
    ...(schema.items ? [[0, schema.items] as [Key, JsonSchema]] : []),
    ...(free ? [["free", free] as [Key, JsonSchema]] : []),
  ];
  return [
    ...(path.length > 0 ? [[path, schema] as [Key[], JsonSchema]] : []),
    ...branches.flatMap((branch) => fieldsOf(branch, path).filter(([deeper]) => deeper.length > path.length)),
    ...inner.flatMap(([key, field]) => fieldsOf(field, [...path, key])),
  ];
}

/** What the operation accepts, but for the parameters of its path. */
export const plainDraft = (operation: Operation, path: Record<string, string>): Draft => ({
  path,
  query: [],
  headers: {},
  body: operation.body ? sampleBody(operation) : undefined,
});

/** Values of every kind, most of which fit nowhere. */
const oddities: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  "",
  "x",
  "0",
  "null",
  "current",
  "me",
  "a,b",
  "a:b",
  "🦊",
  "ａ",
  "\u202e",
  "%",
  "_",
  "\\",
  "' or 1=1 --",
  "__proto__",
  "x".repeat(5000),
  "\0",
  "\ud800",
  [],
  [null],
  ["x", "x"],
  {},
  { x: [{ y: null }] },
];

const formats: Readonly<Record<string, readonly string[]>> = {
  "date-time": [
    "2026-11-20T12:00:00Z",
    "2036-11-20T12:00:00.000Z",
    "9999-12-31T23:59:59.999Z",
    "0000-01-01T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-11-20",
    "9999-12-31T23:59:59-23:59",
    "1970-01-01T00:00:00+23:59",
    "+275760-09-13T00:00:00.000Z",
  ],
  date: ["2026-11-20", "0001-01-01", "0000-01-01", "9999-12-31", "2026-02-30", "2026-11-20T12:00:00Z"],
  uuid: ["01890000-0000-7000-8000-000000000000", "01890000-0000-7000-8000-00000000000g"],
  uri: ["https://example.com/a.png", "http://localhost", "javascript:alert(1)", "ftp://example.com/", "//example.com"],
  email: ["grace@example.com", "grace@", "@example.com", "a b@example.com"],
};

/** Every value that is to be tried in a place: at and beyond each bound of its schema, and oddities. */
export const valuesFor = (schema: JsonSchema): unknown[] =>
  [...around(schema), ...oddities].filter(
    (value, at, all) => all.findIndex((other) => Bun.deepEquals(other, value, true)) === at,
  );

function around(given: JsonSchema): unknown[] {
  const schema = resolve(given);
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  const types = typesOf(schema);
  const found: unknown[] = [...branches.flatMap(around), ...(schema.enum ?? []), ...(schema.examples ?? [])];
  if (schema.example !== undefined) found.push(schema.example);
  if (types.includes("string")) {
    const { minLength = 0, maxLength } = schema;
    const lengths = [minLength - 1, minLength, ...(maxLength === undefined ? [] : [maxLength, maxLength + 1])];
    found.push(...lengths.filter((length) => length >= 0).map((length) => "a".repeat(length)));
    found.push(...(formats[schema.format ?? ""] ?? []));
  }
  if (types.includes("integer") || types.includes("number"))
    for (const bound of [schema.minimum, schema.maximum])
      if (bound !== undefined) found.push(bound - 1, bound, bound + 1);
  if (types.includes("boolean")) found.push(true, false);
  if (types.includes("object")) {
    const { maxProperties, additionalProperties } = schema;
    const [value = 1] = typeof additionalProperties === "object" ? around(additionalProperties) : [];
    const counts = maxProperties === undefined ? [1] : [1, maxProperties, maxProperties + 1];
    const named = (name: (at: number) => string) => (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [name(at), value]));
    found.push(
      ...counts.map(named((at) => `a${at}`)),
      ...[64, 65, 100, 101].map((length) => named(() => "a".repeat(length))(1)),
    );
    found.push(named(() => "not a name")(1));
  }
  if (types.includes("array") && schema.items) {
    const [item] = around(schema.items);
    const { minItems = 0, maxItems } = schema;
    const counts = [minItems - 1, minItems, 1, 2, ...(maxItems === undefined ? [] : [maxItems, maxItems + 1])];
    found.push(...counts.filter((count) => count >= 0).map((count) => Array.from({ length: count }, () => item)));
  }
  return found;
}

/**
 * Whether the document allows a value in a place. Undefined where it can't say: a value left out, a text that is trimmed
 * before it is looked at, a number of a query in a form of its own.
 */
export function allows({ in: within, schema }: Place, value: unknown): boolean | undefined {
  if (value === undefined || within === "path" || within === "header") return undefined;
  if (within === "body") return misfits(schema, value).length === 0;
  const types = typesOf(schema);
  const texts = [value].flat().map(textOf);
  const [text] = texts;
  if (text === undefined) return undefined;
  if (types.includes("array")) return misfits(schema, texts).length === 0;
  if (texts.length > 1) return undefined;
  if (!types.includes("integer")) return misfits(schema, text).length === 0;
  return /^-?(0|[1-9]\d*)$/.test(text) ? misfits(schema, Number(text)).length === 0 : undefined;
}
