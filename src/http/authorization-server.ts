import { z } from "zod";
import { publicly } from "./access/declare.ts";
import { tags } from "./openapi/tags.ts";
import { createRoute, createRouter, json } from "./router.ts";

const Metadata = z
  .object({
    issuer: z.url().meta({ description: "Who signs JWTs: their `iss`" }),
    jwks_uri: z.url().meta({ description: "The public keys that verify them" }),
    introspection_endpoint: z.url(),
    introspection_endpoint_auth_methods_supported: z.array(z.string()),
    response_types_supported: z.array(z.string()),
    grant_types_supported: z.array(z.string()),
  })
  .meta({ id: "AuthorizationServerMetadata" });

/**
 * The metadata by which OAuth clients find what they need (RFC 8414).
 *
 * @param issuer the service's origin, as its JWTs name it.
 * @param paths where its keys are, and its introspection.
 */
export function authorizationServer(issuer: string, paths: { jwks: string; introspection: string }) {
  const metadata = {
    issuer,
    jwks_uri: `${issuer}${paths.jwks}`,
    introspection_endpoint: `${issuer}${paths.introspection}`,
    introspection_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "Bearer"],
    // None: left out, they would mean a client's defaults.
    response_types_supported: [],
    grant_types_supported: [],
  };
  return createRouter(tags.operations).openapi(
    createRoute({
      ...publicly(),
      method: "get",
      path: "/.well-known/oauth-authorization-server",
      operationId: "authorizationServer.read",
      summary: "What OAuth clients find here (RFC 8414)",
      description: "Where tokens are introspected, how a client authenticates there, and which keys sign JWTs.",
      responses: { 200: json(Metadata, "The metadata") },
      refusals: [],
    }),
    (c) => c.json(metadata, 200, { "Cache-Control": "public, max-age=300" }),
  );
}
