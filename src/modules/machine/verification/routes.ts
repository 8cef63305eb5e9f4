import type { Context } from "hono";
import { TwoFactorRequired } from "../../../core/assurance.ts";
import {
  ConflictingCredentials,
  Forbidden,
  Invalid,
  QuotaExceeded,
  RateLimited,
  Unauthenticated,
  Unavailable,
  UnsupportedMediaType,
} from "../../../core/problem.ts";
import { allowClient } from "../../../http/access/declare.ts";
import type { Env } from "../../../http/env.ts";
import { identityHeaders, limits, withHeaders } from "../../../http/openapi/headers.ts";
import { answer, createRoute, createRouter, json } from "../../../http/router.ts";
import {
  inNoOrganization,
  NoAccess,
  UnknownPermission,
  type VerifyPorts,
  verifyRequest,
} from "../../../verify/request.ts";
import { introspect, Introspection, IntrospectionForm, IntrospectionRequest } from "./introspect.ts";
import { tag, Verification } from "./schemas.ts";

export type Ports = VerifyPorts;

const parameters = [
  {
    name: "org",
    in: "query",
    schema: { type: "string" },
    description: "An organization's id or slug, or `current`; the active one, or the key's, where it isn't given",
    example: "acme",
  },
  {
    name: "permission",
    in: "query",
    schema: { type: "array", items: { type: "string" } },
    description: "A permission that must be held. May be repeated, or separated by spaces or commas",
    example: ["project:read"],
  },
] as const;

// It goes in by none of the access rules, so that all of its refusals are its own.
const refusals = [
  ConflictingCredentials,
  UnknownPermission,
  Unauthenticated,
  Forbidden,
  NoAccess,
  TwoFactorRequired,
  inNoOrganization,
  QuotaExceeded,
  RateLimited,
  Unavailable,
];

const verify = <Method extends "get" | "post">(method: Method) =>
  createRoute({
    "x-access": { kind: "credential" },
    method,
    operationId: method === "get" ? "verify" : "verifyByPost",
    path: "/",
    summary:
      method === "get" ? "Verify the credential of this request" : "Verify the credential of this request, by POST",
    description:
      "For a proxy's forward-auth (nginx `auth_request`, Caddy `forward_auth`, Traefik `ForwardAuth`). The credential is the request's own. " +
      "403 says why in `code`: `forbidden`, `organization_access_denied`, `two_factor_required` or `no_active_organization`.",
    security: [{ session: [] }, { bearer: [] }, { apiKey: [] }],
    parameters: [...parameters],
    responses: {
      200: withHeaders(
        json(Verification, "Who it stands for, also in X-Auth-* headers"),
        ...identityHeaders,
        ...limits,
      ),
    },
    refusals,
  });

/** Answers what doesn't take the fast path: a refusal that came from there, or a method such as HEAD. */
export const verifyRoutes = (ports: Ports) => {
  const answer = verifyRequest(ports);
  const respond = async (c: Context<Env>): Promise<Response> => {
    if (c.env.refusal !== undefined) throw c.env.refusal;
    const { url, headers } = c.req.raw;
    const question = url.indexOf("?");
    const prepared = await answer(headers, question === -1 ? "" : url.slice(question));
    return new Response(prepared.body, { headers: prepared.headers });
  };
  return createRouter(tag)
    .openapi(verify("get"), respond as never)
    .openapi(verify("post"), respond as never);
};

export const introspectRoutes = ({ verifier, catalogue, config }: Ports) =>
  createRouter(tag).openapi(
    createRoute({
      ...allowClient("token:introspect"),
      method: "post",
      path: "/",
      summary: "Introspect a token (RFC 7662)",
      description:
        "For services, by an API key that holds `token:introspect`: as a Bearer token, or as a client's secret with the key's id as `client_id` (`client_secret_basic`, `client_secret_post`). " +
        "A key of one organization learns nothing of others. Refusals are OAuth's (RFC 6749 §5.2).",
      request: {
        // Not `required`: every request would then be held to both kinds of body, and satisfy neither.
        body: {
          content: {
            "application/x-www-form-urlencoded": { schema: IntrospectionForm },
            "application/json": { schema: IntrospectionRequest },
          },
        },
      },
      responses: { 200: json(Introspection, "What the token stands for") },
      refusals: [UnknownPermission, UnsupportedMediaType],
      unversioned: true,
    }),
    async (c) => {
      // The kind of body that the request doesn't have is empty.
      const request = { ...c.req.valid("form"), ...c.req.valid("json") };
      if (!("token" in request))
        throw Invalid("There is no body.", { errors: [{ path: "token", message: "is missing" }] });
      const caller = c.var.auth.principal;
      const boundTo = caller.type === "apiKey" ? caller.organizationId : null;
      const ports = { verifier, catalogue, baseUrl: config.server.baseUrl };
      return answer(c, Introspection, await introspect(ports, request, boundTo));
    },
  );
