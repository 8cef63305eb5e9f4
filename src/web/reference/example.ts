import type { Operation, Reference, Schema } from "./openapi.ts";

const deepest = 6;

/** A value that fits a schema: its example where it has one, and of an object what is required. */
export function exampleOf(resolve: Reference["resolve"], given: Schema, depth = 0): unknown {
  const schema = resolve(given);
  for (const known of [schema.example, schema.const, schema.default, schema.enum?.[0]])
    if (known !== undefined) return known;
  const [first] = schema.anyOf ?? schema.oneOf ?? [];
  if (first) return exampleOf(resolve, first, depth + 1);
  if (depth > deepest) return null;
  if (schema.allOf)
    return Object.assign({}, ...schema.allOf.map((part) => exampleOf(resolve, part, depth + 1))) as object;
  switch ([schema.type].flat()[0]) {
    case "object": {
      const { properties = {}, required = [] } = schema;
      const fields = required.flatMap((name) => (properties[name] ? [[name, properties[name]] as const] : []));
      return Object.fromEntries(fields.map(([name, field]) => [name, exampleOf(resolve, field, depth + 1)]));
    }
    case "array":
      return schema.items ? [exampleOf(resolve, schema.items, depth + 1)] : [];
    case "number":
    case "integer":
      return schema.minimum ?? 1;
    case "boolean":
      return true;
    default:
      return texts[schema.format ?? ""] ?? "text";
  }
}

const texts: Readonly<Record<string, string>> = {
  email: "ada@example.com",
  uri: "https://example.com",
  uuid: "01990000-0000-7000-8000-000000000000",
  "date-time": "2030-01-01T00:00:00Z",
  date: "2030-01-01",
};

/** A line for a shell that calls an operation. What differs from caller to caller are variables of the shell. */
export function curlOf({ baseUrl, resolve }: Reference, operation: Operation): string {
  const { method, path, parameters, security, body } = operation;
  const valueOf = (name: string, given?: unknown) =>
    typeof given === "string" ? given : given === undefined ? variable(name) : JSON.stringify(given);
  const inPath = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const parameter = parameters.find((each) => each.in === "path" && each.name === name);
    return valueOf(name, parameter?.example ?? parameter?.schema?.example);
  });
  const query = parameters
    .filter((each) => each.in === "query" && each.required)
    .map(({ name, example, schema }) => `${name}=${valueOf(name, example ?? schema?.example)}`);
  const url = `${baseUrl}${inPath}${query.length === 0 ? "" : `?${query.join("&")}`}`;
  const parts = [
    "curl",
    ...(method === "GET" ? [] : [`-X ${method}`]),
    `"${url}"`,
    ...credential(security),
    // better-auth takes what has an Origin that is trusted.
    ...(path.startsWith("/api/auth/") && method !== "GET" ? [`-H "Origin: ${baseUrl}"`] : []),
    ...(body ? ['-H "Content-Type: application/json"', `-d '${quoted(exampleOf(resolve, body))}'`] : []),
  ];
  return parts.join(" ");
}

const variable = (name: string): string => `$${name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()}`;
const quoted = (value: unknown): string => JSON.stringify(value).replaceAll("'", String.raw`'\''`);

function credential(security: readonly string[]): string[] {
  if (security.includes("apiKey")) return ['-H "X-API-Key: $API_KEY"'];
  if (security.includes("bearer")) return ['-H "Authorization: Bearer $TOKEN"'];
  if (security.includes("client")) return ['-u "$KEY_ID:$API_KEY"'];
  return security.includes("session") ? ['-H "Cookie: $COOKIE"'] : [];
}
