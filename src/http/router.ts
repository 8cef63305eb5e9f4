import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import type { Context, TypedResponse } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import { Invalid, PreconditionFailed } from "../core/problem.ts";
import type { Access } from "./access.ts";
import type { Env } from "./env.ts";
import { ProblemDocument } from "./schemas.ts";

export { createRoute };

/** A router whose invalid input answers 422 with each field that is wrong. */
export function createRouter(): OpenAPIHono<Env> {
  return new OpenAPIHono<Env>({
    defaultHook: (result) => {
      if (result.success) return;
      throw Invalid("Change the fields listed under errors.", {
        errors: result.error.issues.map((issue) => ({
          path: issue.path.join(".") || result.target,
          message: issue.message,
        })),
      });
    },
  });
}

/** A JSON body that is required, as a route's `request.body`. */
export const body = <Schema extends z.ZodType>(schema: Schema) =>
  ({ required: true, content: { "application/json": { schema } } }) as const;

/** A JSON answer, as one of a route's `responses`. */
export const json = <Schema extends z.ZodType>(schema: Schema, description: string) =>
  ({ description, content: { "application/json": { schema } } }) as const;

const refusal = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: ProblemDocument } },
});

/** The refusals that any operation may answer with. */
export const problems = {
  400: refusal("Malformed request"),
  401: refusal("Not signed in"),
  403: refusal("Permission missing"),
  404: refusal("Absent, or not yours"),
  409: refusal("Conflict"),
  412: refusal("If-Match doesn't hold"),
  413: refusal("Body over 1 MiB"),
  415: refusal("Content type isn't JSON"),
  422: refusal("Invalid fields"),
  429: refusal("Too many requests: come back after Retry-After"),
  503: refusal("Temporarily unavailable"),
} as const;

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
    ...(single ? { ETag: tagged(text) } : {}),
    ...headers,
  }) as unknown as TypedResponse<z.output<Schema>, Status, "json">;
}

/** Whether If-None-Match names this version, by RFC 9110's weak comparison. */
export const isKnown = (ifNoneMatch: string | undefined, version: string): boolean =>
  (ifNoneMatch?.split(",") ?? []).some((tag) => ["*", version].includes(tag.trim().replace(/^W\//, "")));

/** Answers that nothing has changed, with the headers of what it would have answered. */
export const notModified = (c: Context<Env>, headers: Record<string, string>) =>
  c.body(null, 304, headers) as unknown as TypedResponse<{}, 304, string>;

/** A strong validator (RFC 9110) of a resource as it is shown. */
export const etag = (shown: unknown): string => tagged(JSON.stringify(shown));

const tagged = (text: string): string => `"${Bun.hash(text).toString(36)}"`;

/**
 * Holds a change to the version that the client saw.
 *
 * @param ifMatch the request's If-Match; undefined asks for nothing.
 * @throws 412 when the row, as `schema` shows it, is another version.
 */
export function checkMatch<Schema extends z.ZodType>(
  ifMatch: string | undefined,
  schema: Schema,
  row: z.input<Schema> | z.output<Schema>,
): void {
  if (ifMatch === undefined || ifMatch === "*") return;
  const current = etag(schema.parse(row));
  if (ifMatch.split(",").some((tag) => tag.trim() === current)) return;
  throw PreconditionFailed("It was changed since you read it. Read it again and repeat the change.");
}

type Operation = { path: string; method: string; access: Access | undefined };

/** Every operation that a router has, with who may call it. */
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
