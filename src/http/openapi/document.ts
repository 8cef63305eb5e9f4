import { OpenAPIHono, type RouteConfig } from "@hono/zod-openapi";
import type { Handler } from "hono";
import { z } from "zod";
import type { DescribedRoute } from "../../auth/mount/reference.ts";
import type { Catalogue } from "../../core/access/permission.ts";
import { FreshSignInRequired } from "../../core/assurance.ts";
import type { Refusal } from "../../core/problem.ts";
import { declaredProblems } from "../../core/problem.ts";
import type { Access } from "../access/declare.ts";
import type { Env } from "../env.ts";
import type { Dialect } from "../errors/dialect.ts";
import { type Mount, mountOf } from "../mount.ts";
import { ProblemDocument } from "../schemas.ts";
import { authRefusals, authRoute } from "./auth-routes.ts";
import { defaultsInWords } from "./defaults.ts";
import { conditions, headers, headersOf, stepUp } from "./headers.ts";
import { operationId } from "./operation-id.ts";
import { refusalsOf, type Refusing } from "./refusals.ts";
import type { Tag } from "./tags.ts";

type Facts = {
  catalogue: Pick<Catalogue, "permissions" | "modules">;
  mounts: readonly [...Mount[], Mount];
  baseUrl: string;
  cookieName: string;
  /** What is said of better-auth's routes. */
  authRoutes: () => Promise<DescribedRoute[]>;
};

/** Serves the OpenAPI 3.1 document of our own routes and better-auth's, built once. */
export function openApiDocument(app: OpenAPIHono<Env>, facts: Facts): Handler<Env> {
  let document: Promise<string> | undefined;
  return async (c) => {
    document ??= describe(app, facts).then((made) => JSON.stringify(made));
    return c.body(await document, 200, { "Content-Type": "application/json", "Cache-Control": "public, max-age=300" });
  };
}

const license = { name: "MIT", identifier: "MIT" };

type Declared = RouteConfig & Partial<Refusing> & { tag?: Tag; "x-access"?: Access; unversioned?: true };
type Described = { parameters?: object[]; responses: Record<string, { headers?: object } | { $ref: string }> };
type Shared = Record<string, ReturnType<typeof refused>>;

async function describe(app: OpenAPIHono<Env>, { catalogue, mounts, baseUrl, cookieName, authRoutes }: Facts) {
  const complete = new OpenAPIHono();
  complete.openAPIRegistry.register("Problem", ProblemDocument);
  const routes = app.openAPIRegistry.definitions.flatMap((each) => (each.type === "route" ? [each.route] : []));
  const paths = routes.map(({ path }) => path);
  const others = (await authRoutes()).map(authRoute);
  for (const { entry: _, refusals: __, unversioned: ___, tag, ...route } of [...routes, ...others] as Declared[])
    complete.openAPIRegistry.registerPath({
      operationId: idOf(route, paths),
      ...(tag ? { tags: [tag.name] } : {}),
      ...route,
    });
  const document = complete.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Gatehouse",
      version: "1",
      license,
      description:
        "Organizations, members and their resources. Sign-in is better-auth's, under /api/auth, in its own words and errors.",
    },
    servers: [{ url: baseUrl }],
    tags: tagsOf([...routes, ...others]),
  });
  const responses: Shared = {};
  for (const route of routes as Declared[]) {
    const operation = (document.paths as Record<string, Record<string, Described>>)[route.path]?.[route.method];
    if (!operation) continue;
    const refusals = refusalsOf({ ...route, refusals: route.refusals ?? [], withheld: isWithheld(route, catalogue) });
    complement(operation, { ...route, refusals }, mountOf(mounts, route.path).errors, responses);
  }
  const { schemas = {} } = document.components ?? {};
  const { Problem } = schemas;
  if (Problem && "properties" in Problem && Problem.properties?.["code"])
    Problem.properties["code"] = { type: "string", enum: [...declaredProblems().keys()].toSorted() };
  const components = {
    schemas: defaultsInWords(schemas),
    headers,
    responses: { ...responses, ...authRefusals },
    securitySchemes: securitySchemes(cookieName),
  };
  return { ...document, components };
}

/** Each tag once, in the order of the routes. */
const tagsOf = (routes: readonly Declared[]): Tag[] => [
  ...new Map(routes.flatMap(({ tag }) => (tag ? [[tag.name, tag]] : []))).values(),
];

const securitySchemes = (cookieName: string) =>
  ({
    session: { type: "apiKey", in: "cookie", name: cookieName, description: "What signing in sets" },
    client: { type: "http", scheme: "basic", description: "An OAuth client: the id of an API key, and the key" },
    apiKey: { type: "apiKey", in: "header", name: "X-API-Key", description: "Also taken as a Bearer token" },
    bearer: {
      type: "http",
      scheme: "bearer",
      description: "The signed session token from the set-auth-token header",
    },
  }) as const;

function idOf({ method, path, responses }: RouteConfig, paths: readonly string[]): string {
  return operationId({ method, path, creates: 201 in responses, lists: listed(responses[200]) }, paths);
}

/** Whether an operation's permission is of a module that an organization must be granted. */
function isWithheld({ "x-access": access }: Declared, { permissions, modules }: Facts["catalogue"]): boolean {
  if (access === undefined || !("permission" in access)) return false;
  return modules.get(permissions.get(access.permission) ?? "") !== "standard";
}

/** Adds the refusals of an operation, and the headers of all of its answers. */
function complement(
  operation: Described,
  { refusals, ...route }: Declared & Pick<Refusing, "refusals">,
  dialect: Dialect,
  shared: Shared,
): void {
  const counted = route.entry?.counted ?? false;
  for (const [status, response] of Object.entries(operation.responses)) {
    const versioned =
      route.entry !== undefined && !route.unversioned && (status === "304" || one(route.responses[status]));
    const own = "headers" in response ? response.headers : {};
    Object.assign(response, { headers: { ...headersOf({ status: Number(status), counted, versioned }), ...own } });
  }
  for (const [status, some] of Map.groupBy(refusals, (refusal) => dialect.described.status(refusal))) {
    const response = refused(status, some, counted, dialect);
    const name = some.map(({ code }) => pascalCase(code)).join("Or");
    // Most operations have the same answers to these. What differs more stands where it belongs.
    if (some.length > 2 || !counted) operation.responses[status] ??= response;
    else {
      shared[name] = response;
      operation.responses[status] ??= { $ref: `#/components/responses/${name}` };
    }
  }
  const named = conditions(refusals, Object.keys(operation.responses));
  if (named.length > 0) operation.parameters = [...(operation.parameters ?? []), ...named];
}

const pascalCase = (code: string): string =>
  code.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The answer with one of several problems of a status. */
const refused = (status: number, refusals: readonly Refusal[], counted: boolean, { described }: Dialect) => ({
  description: refusals.map(({ code, title }) => `\`${code}\`: ${title}`).join(". "),
  headers: {
    ...headersOf({ status, counted, versioned: false }),
    ...(refusals.includes(FreshSignInRequired) ? stepUp : {}),
  },
  content: {
    [described.type]: { schema: described.schema(refusals) },
  },
});

type Response = RouteConfig["responses"][string];

const schemaOf = (response: Response | undefined): unknown => {
  const content = response && "content" in response ? response.content?.["application/json"] : undefined;
  return content && "schema" in content ? content.schema : undefined;
};

/** Whether a response is `{ data, … }`. */
function listed(response: Response | undefined): boolean {
  const schema = schemaOf(response);
  return schema instanceof z.ZodObject && "data" in schema.shape;
}

/** Whether a response shows one resource, and no page of a list. */
function one(response: Response | undefined): boolean {
  const schema = schemaOf(response);
  return schema !== undefined && !(schema instanceof z.ZodObject && "nextCursor" in schema.shape);
}
