import { type JsonSchema, type Operation, resolve } from "./document.ts";

/** Values that are known to fit where the schema says less than the service wants. */
const known: Record<string, () => unknown> = {
  email: () => `sample-${Bun.randomUUIDv7()}@example.com`,
  slug: () => `sample-${Bun.randomUUIDv7().slice(-12)}`,
  role: () => "member",
  password: () => "correct horse battery",
};

/** A body that the operation accepts: the fields that it requires, or one field where it requires none. */
export function sampleBody(operation: Operation): unknown {
  const schema = operation.body && resolve(operation.body);
  if (!schema) return undefined;
  const sample = sampleOf(schema);
  if (typeof sample !== "object" || sample === null || Object.keys(sample).length > 0) return sample;
  const [first] = Object.entries(schema.properties ?? {});
  return first ? { [first[0]]: sampleOf(first[1], first[0]) } : sample;
}

/**
 * A value that fits the schema.
 *
 * @param name the field that it is for, which may be known by name.
 * @throws when it can't make one; give the schema an example then.
 */
export function sampleOf(given: JsonSchema, name = ""): unknown {
  const schema = resolve(given);
  const example = schema.example ?? schema.examples?.[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum.find((value) => value !== null);
  const branch = (schema.anyOf ?? schema.oneOf)?.find((branch) => resolve(branch).type !== "null");
  if (branch) return sampleOf(branch, name);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => sampleOf(part, name)));
  switch (typesOf(schema).find((type) => type !== "null")) {
    case "object":
      return Object.fromEntries(
        (schema.required ?? []).map((key) => [key, sampleOf(schema.properties?.[key] ?? {}, key)]),
      );
    case "array":
      return Array.from({ length: schema.minItems ?? 0 }, () => sampleOf(schema.items ?? {}));
    case "integer":
    case "number":
      return example ?? Math.max(schema.minimum ?? 1, 1);
    case "boolean":
      return example ?? true;
    case "string":
      return sampleText(schema, known[name], example);
    default:
      return example ?? "sample";
  }
}

export const typesOf = (schema: JsonSchema): string[] => (schema.type === undefined ? [] : [schema.type].flat());

function sampleText(schema: JsonSchema, known: (() => unknown) | undefined, example: unknown): unknown {
  if (known) return known();
  if (schema.format === "email") return `sample-${Bun.randomUUIDv7()}@example.com`;
  if (schema.format === "uuid") return Bun.randomUUIDv7();
  if (schema.format === "date-time") return new Date(Date.now() + 86_400_000).toISOString();
  if (schema.format === "uri") return "https://example.com/sample.png";
  const unique = `sample-${Bun.randomUUIDv7().slice(-12)}`;
  const text = unique.slice(0, schema.maxLength).padEnd(schema.minLength ?? 0, "x");
  if (schema.pattern === undefined || new RegExp(schema.pattern).test(text)) return text;
  if (typeof example === "string" && new RegExp(schema.pattern).test(example)) return example;
  throw new Error(`no text fits ${schema.pattern}: give the schema an example`);
}

/** Every string field of a JSON body, as the path to it; items of arrays and free keys of records included. */
export function textFields(given: JsonSchema, path: (string | number)[] = []): (string | number)[][] {
  const schema = resolve(given);
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  const free = typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
  return [
    ...(typesOf(schema).includes("string") ? [path] : []),
    ...branches.flatMap((branch) => textFields(branch, path)),
    ...Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => textFields(inner, [...path, key])),
    ...(schema.items ? textFields(schema.items, [...path, 0]) : []),
    ...(free ? textFields(free, [...path, "free"]) : []),
  ].filter((field, at, all) => all.findIndex((other) => other.join("\0") === field.join("\0")) === at);
}

/** A copy of the body with the value at the path; what lies between is made. */
export function withValue(body: unknown, path: (string | number)[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof key === "number") return [withValue(Array.isArray(body) ? body[key] : undefined, rest, value)];
  const object = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  return { ...object, [key]: withValue(object[key], rest, value) };
}
