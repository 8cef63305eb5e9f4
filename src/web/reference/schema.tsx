/** @jsxImportSource hono/jsx */
import type { Reference, Schema } from "./openapi.ts";

const deepest = 5;

/** Text of the document: code in backticks, and lists. */
export function Prose({ text }: { text: string }) {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const points = lines.filter((line) => line.startsWith("- "));
  return (
    <span lang="en">
      {lines.filter((line) => !line.startsWith("- ")).map((line) => withCode(line))}
      {points.length === 0 ? null : (
        <ul>
          {points.map((line) => (
            <li>{withCode(line.slice(2))}</li>
          ))}
        </ul>
      )}
    </span>
  );
}

const withCode = (line: string) =>
  line.split("`").map((part, at) => (at % 2 === 1 ? <code>{part}</code> : <>{part}</>));

/** What kind of value a schema stands for, in a few words of JSON. */
export function kindOf(resolve: Reference["resolve"], given: Schema): string {
  const schema = resolve(given);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  const ways = schema.anyOf ?? schema.oneOf;
  if (ways) return [...new Set(ways.map((way) => kindOf(resolve, way)))].join(" | ");
  if (schema.allOf) return "object";
  const types = [schema.type ?? "any"].flat();
  return types
    .map((type) => (type === "array" ? `${schema.items ? kindOf(resolve, schema.items) : "any"}[]` : type))
    .join(" | ")
    .concat(schema.format ? ` (${schema.format})` : "", limits(schema));
}

const limits = ({ minLength, maxLength, minimum, maximum, maxItems }: Schema): string =>
  range(minLength ?? minimum, maxLength ?? (maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum) ?? maxItems);

const range = (least?: number, most?: number): string =>
  least === undefined && most === undefined ? "" : ` ${least ?? ""}…${most ?? ""}`;

/** The object that a schema's fields are in: itself, its items, or its one alternative that has fields. */
function fieldsOf(resolve: Reference["resolve"], given: Schema): Schema | undefined {
  const schema = resolve(given);
  if (schema.properties) return schema;
  if (schema.items) return fieldsOf(resolve, schema.items);
  const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return parts.map((part) => fieldsOf(resolve, part)).find((found) => found !== undefined);
}

/** The fields of an object, and of the objects in it. @param required what a field is called that must be there. */
export function Fields(props: { resolve: Reference["resolve"]; schema: Schema; required: string; depth?: number }) {
  const { resolve, schema, required, depth = 0 } = props;
  const found = fieldsOf(resolve, schema);
  if (found?.properties === undefined || depth > deepest) return null;
  return (
    <ul>
      {Object.entries(found.properties).map(([name, field]) => {
        const { description = resolve(field).description } = field;
        return (
          <li>
            <code>{name}</code> <code class="faint">{kindOf(resolve, field)}</code>
            {found.required?.includes(name) ? <span class="faint"> {required}</span> : null}
            {description === undefined ? null : (
              <>
                {" "}
                <Prose text={description} />
              </>
            )}
            <Fields resolve={resolve} schema={field} required={required} depth={depth + 1} />
          </li>
        );
      })}
    </ul>
  );
}
