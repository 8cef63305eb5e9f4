import type { Context } from "hono";
import { Invalid } from "../../core/problem.ts";
import { allowKey } from "../../http/access.ts";
import type { Env } from "../../http/env.ts";
import { json, createRoute, createRouter, problems, send } from "../../http/router.ts";
import { Verification } from "./answer.ts";
import { introspect, Introspection, IntrospectionRequest } from "./introspect.ts";
import { verifyRequest } from "./verify.ts";
import type { Credentials } from "../../verify/credential.ts";
import type { Verifier } from "../../verify/verifier.ts";

type Ports = { credentials: Credentials; verifier: Verifier; config: { BASE_URL: string } };

const tags = ["Verification"];
const description =
  "For a proxy's forward-auth (nginx `auth_request`, Caddy `forward_auth`, Traefik `ForwardAuth`). The credential is the request's own. " +
  "`?org=` names an organization (else the active one, or the key's), `?permission=` a permission that must be held; it may be repeated.";

const verify = (method: "get" | "post") =>
  createRoute({
    "x-access": { kind: "credential" },
    method,
    path: "/",
    summary: "Verify the credential of this request",
    description,
    tags,
    security: [{ session: [] }, { bearer: [] }, { apiKey: [] }],
    responses: {
      ...problems,
      200: json(Verification, "Who it stands for, also in X-Auth-* headers"),
    },
  });

/** What comes here past the front: a refusal to be told, or a method such as HEAD. */
export const verifyRoutes = (ports: Ports) => {
  const answer = verifyRequest(ports);
  const respond = async (c: Context<Env>): Promise<Response> => {
    if (c.env.refusal !== undefined) throw c.env.refusal;
    const { url, headers } = c.req.raw;
    const question = url.indexOf("?");
    const { body: shown, headers: prepared } = await answer(headers, question === -1 ? "" : url.slice(question));
    return new Response(shown, { headers: prepared });
  };
  return createRouter()
    .openapi(verify("get"), respond as never)
    .openapi(verify("post"), respond as never);
};

const introspectRoute = createRoute({
  ...allowKey("token:introspect"),
  method: "post",
  path: "/",
  summary: "Introspect a token (RFC 7662)",
  description:
    "For services, by an API key that holds `token:introspect`. A key of one organization learns nothing of others.",
  tags,
  request: {
    // Not `required`: then each kind of body would be asked of every request, and neither ever be right.
    body: {
      content: {
        "application/x-www-form-urlencoded": { schema: IntrospectionRequest },
        "application/json": { schema: IntrospectionRequest },
      },
    },
  },
  responses: { ...problems, 200: json(Introspection, "What the token stands for") },
});

export const introspectRoutes = ({ verifier, config }: Ports) =>
  createRouter().openapi(introspectRoute, async (c) => {
    // The kind of body that the request doesn't have is empty.
    const request = { ...c.req.valid("form"), ...c.req.valid("json") };
    if (!("token" in request))
      throw Invalid("There is no body.", { errors: [{ path: "token", message: "is missing" }] });
    const caller = c.var.caller;
    const boundTo = caller.type === "apiKey" ? caller.organizationId : null;
    c.header("Cache-Control", "no-store");
    return send(c, Introspection, await introspect({ verifier, baseUrl: config.BASE_URL }, request, boundTo), 200);
  });
