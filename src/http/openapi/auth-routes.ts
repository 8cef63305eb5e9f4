import type { RouteConfig } from "@hono/zod-openapi";
import type { DescribedRoute } from "../../auth/mount/reference.ts";
import { headersOf, withHeaders } from "./headers.ts";
import type { Tag } from "./tags.ts";

/** One of better-auth's routes as the document has it, beside our own. */
export function authRoute(route: DescribedRoute): RouteConfig & { tag: Tag } {
  const { method, path, operationId, tag, summary, description, parameters, body, answers } = route;
  const content = body && Object.fromEntries(body.types.map((type) => [type, { schema: body.schema }]));
  return {
    method,
    path,
    operationId,
    tag,
    summary,
    description,
    security: route.session ? [{ session: [] }, { bearer: [] }] : [],
    parameters,
    ...(content ? { request: { body: { required: body.required, content } } } : {}),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, response(status, answer)])),
      429: { $ref: "#/components/responses/AuthTooManyRequests" },
      "4XX": { $ref: "#/components/responses/AuthRefused" },
      503: { $ref: "#/components/responses/AuthUnavailable" },
    },
  };
}

function response(status: string, { description, schema, leads }: DescribedRoute["answers"][string]) {
  const success = status === "200" || status === "302";
  return {
    description,
    headers: {
      ...headersOf({ status: 200, counted: false, versioned: false }),
      ...(success ? withHeaders({}, "Set-Cookie", "set-auth-token").headers : {}),
      ...(leads ? { Location: { ...location, required: leads === "always" } } : {}),
    },
    ...(schema ? { content: { "application/json": { schema } } } : {}),
  };
}

const location = { description: "Where a browser is to go.", schema: { type: "string", format: "uri-reference" } };

/** Beside Retry-After, the header that better-auth's client reads. */
const withRetry = (response: ReturnType<typeof refusal>) => ({
  ...response,
  headers: {
    ...response.headers,
    "X-Retry-After": { description: "As Retry-After.", required: true, schema: { type: "integer", minimum: 0 } },
  },
});

const refusal = (status: number, description: string) => ({
  description,
  headers: headersOf({ status, counted: false, versioned: false }),
  content: { "application/json": { schema: { $ref: "#/components/schemas/AuthError" } } },
});

/** What each of better-auth's routes may refuse with. */
export const authRefusals = {
  AuthTooManyRequests: withRetry(refusal(429, "Too many requests")),
  AuthRefused: refusal(400, "Refused, in better-auth's words. Some refusals have no body"),
  AuthUnavailable: refusal(503, "The database is away"),
};
