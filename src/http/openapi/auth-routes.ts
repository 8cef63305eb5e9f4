import type { RouteConfig } from "@hono/zod-openapi";
import type { DescribedRoute } from "../../auth/mount/reference.ts";
import { headersOf, withHeaders } from "./headers.ts";
import type { Tag } from "./tags.ts";

/** One of better-auth's routes as the document has it, beside our own. */
export function authRoute(route: DescribedRoute): RouteConfig & { tag: Tag } {
  const { method, path, operationId, tag, summary, description, parameters, body, answers } = route;
  return {
    method,
    path,
    operationId,
    tag,
    summary,
    description,
    security: route.session ? [{ session: [] }, { bearer: [] }] : [],
    parameters: parameters,
    ...(body
      ? {
          request: {
            body: {
              required: body.required,
              content: Object.fromEntries(body.types.map((type) => [type, { schema: body.schema }])),
            },
          },
        }
      : {}),
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, { description, schema }]) => {
        // better-auth challenges nobody.
        const like = status === "401" ? 400 : Number.parseInt(status, 10);
        const shared = headersOf({ status: like, counted: false, versioned: false });
        const response = {
          description,
          ...(schema ? { content: { "application/json": { schema } } } : {}),
        };
        const own = status === "200" || status === "302" ? withHeaders({}, "Set-Cookie", "set-auth-token").headers : {};
        const location = status === "302" ? { Location: leads } : {};
        return [status, { ...response, headers: { ...shared, ...own, ...location } }];
      }),
    ) as RouteConfig["responses"],
  };
}

const leads = { description: "Where it leads.", required: true, schema: { type: "string", format: "uri-reference" } };
