import { z } from "zod";
import { document, type JsonSchema, resolve } from "./document.ts";

const renamed = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema).replaceAll("#/components/schemas/", "#/$defs/"));

const compiled = new Map<string, z.ZodType>();

/** What keeps a value from fitting the schema, what the schema doesn't mention included; empty when nothing does. */
export function misfits(schema: JsonSchema, value: unknown): string[] {
  const key = JSON.stringify(schema);
  let parser = compiled.get(key);
  if (!parser) {
    const whole = { ...(renamed(schema) as object), $defs: renamed(document.components.schemas ?? {}) };
    compiled.set(key, (parser = z.fromJSONSchema(whole as never)));
  }
  const parsed = parser.safeParse(value);
  const wrong = parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  return [...wrong, ...undeclared(schema, value, "").map((path) => `${path}: isn't declared`)];
}

/** The paths of what a value holds and no branch of its schema declares. */
function undeclared(given: JsonSchema, value: unknown, path: string): string[] {
  const schema = resolve(given);
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  if (branches.length > 0) {
    const each = branches.map((branch) => undeclared(branch, value, path));
    return each.toSorted((a, b) => a.length - b.length)[0] ?? [];
  }
  // A schema that says nothing is of anything.
  if (Object.keys(schema).length === 0) return [];
  if (Array.isArray(value)) return value.flatMap((item, at) => undeclared(schema.items ?? {}, item, `${path}[${at}]`));
  if (typeof value !== "object" || value === null) return [];
  const parts = [schema, ...(schema.allOf ?? []).map(resolve)];
  const properties = Object.assign({}, ...parts.map((part) => part.properties)) as Record<string, JsonSchema>;
  const free = parts.find((part) => part.additionalProperties !== undefined)?.additionalProperties;
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = path ? `${path}.${key}` : key;
    const known = properties[key] ?? (typeof free === "object" ? free : undefined);
    if (known) return undeclared(known, inner, at);
    return free === true ? [] : [at];
  });
}
