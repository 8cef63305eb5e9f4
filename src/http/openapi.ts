import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Handler } from "hono";
import type { Env } from "./env.ts";

/** Serves the OpenAPI 3.1 document of our own routes, built once. */
export function openApiDocument(app: OpenAPIHono<Env>, baseUrl: string): Handler<Env> {
  let document: string | undefined;
  return (c) => {
    document ??= JSON.stringify(describe(app, baseUrl));
    return c.body(document, 200, { "Content-Type": "application/json", "Cache-Control": "public, max-age=300" });
  };
}

function describe(app: OpenAPIHono<Env>, baseUrl: string) {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Gatehouse",
      version: "1",
      description: "Organizations, members and their resources. Sign-in is better-auth's, under /api/auth.",
    },
    servers: [{ url: baseUrl }],
  });
  document.components = {
    ...document.components,
    securitySchemes: {
      session: {
        type: "apiKey",
        in: "cookie",
        name: `${baseUrl.startsWith("https") ? "__Secure-" : ""}better-auth.session_token`,
      },
      apiKey: { type: "apiKey", in: "header", name: "X-API-Key", description: "Also taken as a Bearer token" },
      bearer: {
        type: "http",
        scheme: "bearer",
        description: "The signed session token from the set-auth-token header",
      },
    },
  };
  return document;
}
