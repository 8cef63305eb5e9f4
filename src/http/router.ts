import { createRoute as declareRoute, OpenAPIHono, type RouteConfig } from "@hono/zod-openapi";
import type { Context, TypedResponse } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import { Invalid, type Refusal } from "../core/problem.ts";
import { versionOf } from "../core/version.ts";
import type { Access } from "./access/declare.ts";
import type { Env } from "./env.ts";
import type { Tag } from "./openapi/tags.ts";
import { strict } from "./strict.ts";

/**
 * Describes an operation. The document adds its tag (from the router), its security and problems (from the access
 * rule), the problems of what it takes, and the headers of its answers.
 *
 * @param route.summary in a few words; `description` is what one can't guess from them.
 * @param route.refusals the problems that are its own, such as a name that is taken. One that changes what is there by
 * POST names `PreconditionFailed` too.
 * @param route.unversioned its answer has no ETag: it is streamed, or no resource.
 */
export const createRoute = <
  const Route extends Omit<RouteConfig, "path" | "tags"> & {
    path: string;
    summary: string;
    description: string;
    refusals: readonly Refusal[];
    unversioned?: true;
  },
>(
  route: Route,
) => declareRoute<Route["path"], Route>(route);

/**
 * A router whose invalid input answers 422 with each field that is wrong.
 *
 * @param tag what its operations stand under in the reference.
 */
export function createRouter(tag?: Tag): OpenAPIHono<Env> {
  const router = new OpenAPIHono<Env>({
    defaultHook: (result) => {
      if (result.success) return;
      throw Invalid("Change the fields listed under errors.", {
        errors: result.error.issues.flatMap((issue) =>
          issue.code === "unrecognized_keys"
            ? issue.keys.map((key) => ({ path: [...issue.path, key].join("."), message: "isn't a field of this" }))
            : [{ path: issue.path.join(".") || result.target, message: issue.message }],
        ),
      });
    },
  });
  if (tag === undefined) return router;
  const { openAPIRegistry } = router;
  const register = openAPIRegistry.registerPath.bind(openAPIRegistry);
  openAPIRegistry.registerPath = (route) => register({ tag, ...route } as RouteConfig);
  return router;
}

/** A JSON body that is required, as a route's `request.body`. Fields that the schema doesn't know are 422. */
export const body = <Schema extends z.ZodType>(schema: Schema) =>
  ({ required: true, content: { "application/json": { schema: strict(schema) } } }) as const;

/** A JSON answer, as one of a route's `responses`. */
export const json = <Schema extends z.ZodType>(schema: Schema, description: string) =>
  ({ description, content: { "application/json": { schema } } }) as const;

/** The parameters of a route under an organization. */
export const organizationParams = z.object({
  org: z.string().meta({ description: "The organization's id, its slug, or `current`", example: "acme" }),
});

/**
 * Answers with `row` as `schema` shows it: what isn't declared doesn't leave. One resource gets an ETag, its own where
 * `headers` doesn't give one.
 *
 * @throws when the row doesn't fit the schema, which is a fault of ours: 500.
 */
export function send<Schema extends z.ZodType, Status extends ContentfulStatusCode>(
  c: Context<Env>,
  schema: Schema,
  row: z.input<Schema> | z.output<Schema>,
  status: Status,
  headers: Record<string, string> = {},
) {
  const shown = schema.parse(row);
  const text = JSON.stringify(shown);
  const single = typeof shown === "object" && shown !== null && !("nextCursor" in shown);
  return c.body(text, status, {
    "Content-Type": "application/json",
    ...(single ? { ETag: versionOf(text) } : {}),
    ...headers,
  }) as unknown as TypedResponse<z.output<Schema>, Status, "json">;
}

/**
 * Answers 201 with a new row, and with where it is: below the path that it was posted to, where the organization goes by
 * its id, since `current` and a slug may come to name another one.
 *
 * @throws as `send`.
 */
export function sendNew<Schema extends z.ZodType>(
  c: Context<Env>,
  schema: Schema,
  row: (z.input<Schema> | z.output<Schema>) & { id: string },
  headers: Record<string, string> = {},
) {
  const organization = c.req.param("org") === undefined ? undefined : c.var.scope.organizationId;
  const path = organization ? c.req.path.replace(/(?<=^\/v1\/orgs\/)[^/]+/, organization) : c.req.path;
  return send(c, schema, row, 201, { Location: `${path}/${row.id}`, ...headers });
}

/**
 * Answers with JSON that is made while it is sent, no faster than the client takes it. What fails before the first part
 * is refused as usual; after it the connection is cut, so that no client takes a part for the whole.
 *
 * @param parts of one JSON text.
 * @param options.failed hears of a failure that no status can tell any more.
 */
export async function streamed<Body>(
  c: Context<Env>,
  parts: AsyncGenerator<string, void, void>,
  options: { failed: (err: unknown) => void; headers?: Record<string, string> },
) {
  const encoder = new TextEncoder();
  let next: ReturnType<typeof parts.next> | undefined = Promise.resolve(await parts.next());
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await (next ?? parts.next());
        next = undefined;
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (err) {
        options.failed(err);
        controller.error(err);
      }
    },
    cancel: async () => void (await parts.return()),
  });
  const headers = { "Content-Type": "application/json", ...options.headers };
  return c.body(body, 200, headers) as unknown as TypedResponse<Body, 200, "json">;
}

/** Answers with what is no resource and has no version, such as a decision, as `schema` shows it. */
export const answer = <Schema extends z.ZodType, Status extends ContentfulStatusCode = 200>(
  c: Context<Env>,
  schema: Schema,
  value: z.input<Schema>,
  status: Status = 200 as Status,
  headers: Record<string, string> = {},
) =>
  c.body(JSON.stringify(schema.parse(value)), status, {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    ...headers,
  }) as unknown as TypedResponse<z.output<Schema>, Status, "json">;

/** Answers that nothing has changed, with the headers of what it would have answered. */
export const notModified = (c: Context<Env>, headers: Record<string, string>) =>
  c.body(null, 304, headers) as unknown as TypedResponse<{}, 304, string>;

type Operation = { path: string; method: string; access: Access | undefined };

/** Every operation of a router, with its access rule. */
export const operations = (router: OpenAPIHono<Env>): Operation[] =>
  router.openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === "route"
      ? [
          {
            path: definition.route.path,
            method: definition.route.method,
            access: (definition.route as { "x-access"?: Access })["x-access"],
          },
        ]
      : [],
  );
