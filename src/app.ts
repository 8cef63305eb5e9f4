import type { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { methodNotAllowed } from "hono/method-not-allowed";
import { describeAuthRoutes } from "./auth/mount/reference.ts";
import { routeOf } from "./auth/mount/routes.ts";
import { basePath } from "./auth/options.ts";
import { sessionCookie } from "./core/cookie.ts";
import { MethodNotAllowed, notFound } from "./core/problem.ts";
import type { Deps } from "./deps.ts";
import { isUnavailable } from "./db/errors.ts";
import { isForged, openGate } from "./gate.ts";
import { refuseUndeclared } from "./http/access/undeclared.ts";
import type { Bindings, Env } from "./http/env.ts";
import { authorizationServer } from "./http/authorization-server.ts";
import { betterAuthErrors, oauthErrors } from "./http/errors/dialect.ts";
import { problemHandler, problemResponse } from "./http/errors/respond.ts";
import { edge } from "./http/middleware/edge.ts";
import { receiveBody } from "./http/middleware/body.ts";
import { storableText } from "./http/middleware/input.ts";
import { refuseForgers } from "./http/middleware/limits.ts";
import { openApiDocument } from "./http/openapi/document.ts";
import { metricsFor } from "./http/metrics.ts";
import { mount } from "./http/mount.ts";
import { ownHost } from "./http/own-host.ts";
import { probes } from "./http/probes.ts";
import { createRouter } from "./http/router.ts";
import { refuseBadNavigation } from "./modules/organization/navigation/index.ts";
import { fastPath } from "./verify/fast-path.ts";
import { createPages } from "./web/pages.ts";
import { verifyRequest } from "./verify/request.ts";
import { conflicting } from "./verify/verdict.ts";

/** The whole HTTP service over its parts: every mount and middleware, in order. */
export function createApp(deps: Deps): OpenAPIHono<Env> {
  const { config, database, log } = deps;
  const https = config.server.baseUrl.startsWith("https://");
  const origins = new Set([config.server.baseUrl, ...config.server.trustedOrigins]);
  const gate = openGate(deps, origins);
  const mounts = [
    mount("/v1/introspect", { absent: notFound, errors: oauthErrors }),
    mount("/v1", { absent: notFound }),
    // Mailed links carry single-use tokens, and better-auth reads its bodies and checks origins itself.
    mount(basePath, { errors: betterAuthErrors, bodies: "unread", credentialInUrl: "allowed", forgery: "left" }),
    mount("", { credentialInUrl: "allowed" }),
  ] as const;
  const app = createRouter();

  app.onError(problemHandler(log, isUnavailable));
  app.use(
    edge({
      gate,
      mounts,
      log,
      metrics: deps.metrics,
      templateOf: authTemplate,
      https,
      trustedProxies: config.server.trustedProxies,
    }),
  );
  app.use(crossOrigin(origins));
  app.use(oneSessionCookie(deps.credentials));
  app.use(receiveBody());
  app.use(storableText);
  app.use(
    "/v1/*",
    refuseForgers(deps.limiter, (headers) => isForged(deps.credentials, headers)),
  );

  app.route(
    "/",
    probes(() => database.ping()),
  );
  app.route(
    "/",
    authorizationServer(config.server.baseUrl, { jwks: `${basePath}/jwks`, introspection: "/v1/introspect" }),
  );
  app.get("/metrics", metricsFor(config.metrics.token, deps.metrics));
  app.all(`${basePath}/*`, (c) => {
    const { ipAddress, requestId } = c.var.origin;
    if (deps.credentials.fromHeaders(c.req.raw.headers) === "conflict") throw conflicting();
    return deps.authHandler(c.req.raw, { address: ipAddress, requestId });
  });

  for (const module of deps.modules)
    for (const [path, routes] of Object.entries(module.mounts))
      app.route(`/v1${path.replaceAll(/\{(\w+)\}/g, ":$1")}`, routes(deps));
  refuseUndeclared(app, deps.roles.get("owner") ?? new Set());
  refuseBadNavigation(deps.modules, deps.catalogue.permissions);

  app.get(
    "/openapi.json",
    openApiDocument(app, {
      catalogue: deps.catalogue,
      mounts,
      baseUrl: config.server.baseUrl,
      cookieName: sessionCookie(config.cookies),
      authRoutes: () => describeAuthRoutes(deps.auth),
    }),
  );
  const refuseMethod = methodNotAllowed({
    app,
    onMethodNotAllowed: (c, methods) => problemResponse(c, wrongMethod(methods)),
  });
  app.notFound(async (c) => {
    await refuseMethod(c, async () => void (c.res = problemResponse(c, c.var.mount.absent())));
    return c.res;
  });
  app.route("/", createPages({ ...deps, isUnavailable, inner: app }));
  // What other services ask on every request doesn't take the way above unless it is refused.
  return Object.assign(app, {
    fetch: ownHost(config.server.baseUrl, fastPath<Bindings>(verifyRequest(deps), app.fetch)),
  });
}

/** The template of a route of better-auth, which routes by itself. */
function authTemplate(method: string, path: string): string | undefined {
  const found = path.startsWith(basePath) ? routeOf(method, path.slice(basePath.length)) : undefined;
  return found && basePath + found.key.slice(method.length + 1);
}

/** A neighbour on the domain can plant a second cookie: each reader behind this sees the one that counts. */
function oneSessionCookie(credentials: Pick<Deps["credentials"], "settled">): MiddlewareHandler<Env> {
  return async function oneSessionCookie(c, next) {
    const { raw } = c.req;
    const headers = credentials.settled(raw.headers);
    if (headers !== raw.headers) c.req.raw = new Request(raw, { headers });
    await next();
  };
}

/** CORS for who sends an Origin. Others, most of them services, are spared what would be set for nothing. */
function crossOrigin(origins: ReadonlySet<string>): MiddlewareHandler<Env> {
  const answer = cors({
    origin: (origin) => (origins.has(origin) ? origin : null),
    credentials: true,
    allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowHeaders: ["Content-Type", "Authorization", "If-Match", "If-None-Match", "X-Request-Id"],
    exposeHeaders: [
      "ETag",
      "Location",
      "Retry-After",
      "X-Retry-After",
      "RateLimit-Limit",
      "RateLimit-Remaining",
      "RateLimit-Reset",
      "X-Request-Id",
      "set-auth-token",
    ],
    maxAge: 600,
  });
  return async function crossOrigin(c, next) {
    if (c.req.header("origin") !== undefined || c.req.method === "OPTIONS") return answer(c, next);
    await next();
    c.res.headers.append("Vary", "Origin");
  };
}

const wrongMethod = (methods: string[]) =>
  MethodNotAllowed(`This path answers to ${methods.join(", ")}.`, { headers: { Allow: methods.join(", ") } });
