import { withJson } from "../harness/answer.ts";
import { type JsonSchema, type Operation, resolve } from "./document.ts";

/** A body that the operation accepts: its example in the document. @throws with what to add where it has none. */
export function sampleBody(operation: Operation): unknown {
  if (!operation.body) return undefined;
  const { example } = resolve(operation.body);
  if (example !== undefined) return structuredClone(example);
  throw new Error(`${operation.name} has no example of its body: add .meta({ example: { … } }) to the body's schema`);
}

/** Headers and body of a request that the operation accepts. */
export const sampleInit = (operation: Operation, headers: Record<string, string> = {}) =>
  withJson(sampleBody(operation), headers);

export const typesOf = (schema: JsonSchema): string[] => (schema.type === undefined ? [] : [schema.type].flat());

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
