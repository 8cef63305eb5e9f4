import { declaredProblems, Problem } from "../../src/core/problem.ts";
import type { Access } from "../../src/http/access/declare.ts";
import { oauthErrors } from "../../src/http/errors/dialect.ts";
import type { Answer } from "../harness/answer.ts";
import { inSandbox } from "../harness/app.ts";

export type JsonSchema = {
  $ref?: string;
  description?: string;
  default?: unknown;
  type?: string | string[];
  format?: string;
  pattern?: string;
  const?: unknown;
  enum?: unknown[];
  example?: unknown;
  examples?: unknown[];
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  maxProperties?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  additionalProperties?: boolean | JsonSchema;
};

export type Parameter = {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: JsonSchema;
  example?: unknown;
};
export type MediaType = { schema?: JsonSchema; example?: unknown; examples?: Record<string, { value?: unknown }> };

export type Response = {
  $ref?: string;
  description: string;
  headers?: Record<string, { $ref?: string; required?: boolean }>;
  content?: Record<string, MediaType>;
};

type Described = {
  summary?: string;
  operationId?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  "x-access"?: Access;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, MediaType> };
  responses: Record<string, Response>;
};

export type Document = {
  openapi: string;
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Described>>;
  components: {
    schemas?: Record<string, JsonSchema>;
    responses?: Record<string, Response>;
    headers?: Record<string, { required?: boolean }>;
    securitySchemes?: Record<string, unknown>;
  };
};

export type Operation = Described & {
  /** `POST /v1/orgs/{org}/projects`: how a failure names it. */
  name: string;
  method: string;
  path: string;
  access: Access;
  /** The schema of a JSON body, where the operation takes one. */
  body: JsonSchema | undefined;
  /** The names of the path's parameters, in order. */
  params: string[];
};

/** A response, or the one that it refers to. */
const shared = (response: Response): Response =>
  document.components.responses?.[response.$ref?.split("/").at(-1) ?? ""] ?? response;

/** The document as it is served, and the app's own idea of its operations; read once for all contract tests. */
export const document: Document = await served();

const all: Operation[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, described]) => ({
    ...described,
    responses: Object.fromEntries(
      Object.entries(described.responses).map(([status, response]) => [status, shared(response)]),
    ),
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    access: described["x-access"] ?? { kind: "public" },
    body: described.requestBody?.content["application/json"]?.schema,
    params: [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ""),
  })),
);

/** Whether a path is better-auth's, which has words and errors of its own. */
const isAuth = ({ path }: Operation): boolean => path.startsWith("/api/auth/");

/** Every operation of our own in the document. A module that is added is walked without being named here. */
export const operations = all.filter((operation) => !isAuth(operation));

/** Those of better-auth's that the document has. */
export const authOperations = all.filter(isAuth);

/** What the document has of the route with this key in the table of better-auth's routes. */
export const authOperation = (key: string): Operation | undefined => {
  const name = key.replace(" ", " /api/auth").replaceAll(/:(\w+)/g, "{$1}");
  return authOperations.find((operation) => operation.name === name);
};

/** The paths of operations whose errors are OAuth's. */
export const oauthPaths = new Set(
  operations
    .filter(({ responses }) => responses["401"]?.content?.["application/json"]?.schema?.properties?.["error"])
    .map(({ path }) => path),
);

/** The problems that an operation documents, as `409 last_owner`, or an OAuth operation's errors. */
export const refusalsOf = ({ responses }: Operation): string[] =>
  Object.entries(responses).flatMap(([status, { content }]) => {
    const [, coded] = content?.["application/problem+json"]?.schema?.allOf ?? [];
    const oauth = status >= "400" ? content?.["application/json"]?.schema?.properties?.["error"] : undefined;
    const codes = coded?.properties?.["code"]?.enum ?? oauth?.enum ?? [];
    return codes.map((code) => `${status} ${String(code)}`);
  });

/** Those under an organization that are for who is in it; a permission is needed for all but those `member` ones. */
export const organizationOperations = operations.filter(({ access }) => /^(organization|member)$/.test(access.kind));

async function served(): Promise<Document> {
  let body: unknown;
  await inSandbox(async ({ anonymous }) => {
    ({ body } = await anonymous.get("/openapi.json"));
  });
  return body as Document;
}

/** Follows `$ref` into the document's components. */
export function resolve(schema: JsonSchema): JsonSchema {
  const name = schema.$ref?.replace("#/components/schemas/", "");
  if (name === undefined) return schema;
  const target = document.components.schemas?.[name];
  if (!target) throw new Error(`the document has no schema ${name}`);
  return resolve(target);
}

/** The path with its parameters filled in. Throws for one that has no value. */
export const filled = (path: string, values: Record<string, string>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for {${name}} of ${path}`);
    return encodeURIComponent(value);
  });

/** What is wrong with an answer that should be this problem; null when nothing is. */
export function notProblem(answer: Answer, status: number, code?: string): string | null {
  if (oauthPaths.has(answer.path)) return notOAuthError(answer, status);
  const problem = answer.body as Record<string, unknown> | undefined;
  const said = `${answer.status} ${answer.text.slice(0, 300)}`;
  if (answer.status !== status) return `answered ${said}, not ${status}`;
  if (answer.headers.get("content-type") !== "application/problem+json")
    return `answered ${answer.headers.get("content-type")}, not a problem`;
  if (!problem) return `answered no body`;
  for (const key of ["type", "title", "detail", "code", "requestId"])
    if (typeof problem[key] !== "string" || problem[key] === "") return `has no ${key}: ${said}`;
  if (problem["status"] !== status) return `says status ${String(problem["status"])} in its body: ${said}`;
  if (problem["requestId"] !== answer.headers.get("x-request-id"))
    return `names another request than X-Request-Id: ${said}`;
  if (problem["type"] !== `urn:gatehouse:problem:${String(problem["code"])}`) return `has another type: ${said}`;
  const declared = declaredProblems().get(String(problem["code"]));
  if (declared?.status !== status || declared.title !== problem["title"]) return `isn't a declared problem: ${said}`;
  return code === undefined || problem["code"] === code ? null : `is ${said}, not ${code}`;
}

/** The same in the words of RFC 6749, for the refusal with this status elsewhere. */
function notOAuthError(answer: Answer, status: number): string | null {
  const expected = oauthErrors.write(new Problem("", status, "", "x"), "");
  const { error } = JSON.parse(expected.body) as { error: string };
  const body = answer.body as Record<string, unknown> | undefined;
  const said = `${answer.status} ${answer.text.slice(0, 300)}`;
  if (answer.status !== expected.status) return `answered ${said}, not ${expected.status}`;
  if (answer.headers.get("content-type") !== "application/json") return "answered no JSON";
  if (!/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(String(body?.["error_description"]))) return `describes nothing: ${said}`;
  return body?.["error"] === error ? null : `is ${said}, not ${error}`;
}
