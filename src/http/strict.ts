import { z } from "zod";

/**
 * The schema of a body that refuses fields that it doesn't know, at any depth: a client that misspells one, or expects
 * what isn't there, hears of it.
 */
export function strict<Schema extends z.ZodType>(schema: Schema): Schema {
  const copy = rebuilt(schema);
  if (copy === schema) return schema;
  const meta = z.globalRegistry.get(schema);
  return meta === undefined ? copy : copy.meta(meta);
}

function rebuilt<Schema extends z.ZodType>(schema: Schema): Schema {
  const definition = schema.def as unknown as Record<string, unknown>;
  if (schema instanceof z.ZodObject) {
    const shape = Object.fromEntries(
      Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => [name, strict(field)]),
    );
    // An object that takes further fields by its own declaration keeps on doing so.
    return cloned(schema, { ...definition, shape, catchall: definition["catchall"] ?? z.never() });
  }
  for (const part of ["innerType", "element"] as const) {
    const inner = definition[part];
    if (inner instanceof z.ZodType && strict(inner) !== inner)
      return cloned(schema, { ...definition, [part]: strict(inner) });
  }
  if (schema instanceof z.ZodUnion) {
    const options = schema.options as readonly z.ZodType[];
    return cloned(schema, { ...definition, options: options.map(strict) });
  }
  return schema;
}

const cloned = <Schema extends z.ZodType>(schema: Schema, definition: unknown): Schema =>
  schema.clone(definition as Schema["def"]);
