import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { cors } from "hono/cors";
import { methodNotAllowed } from "hono/method-not-allowed";
import { basePath } from "./auth/auth.ts";
import { openScope } from "./core/scope.ts";
import { MethodNotAllowed, NotFound, notFound } from "./core/problem.ts";
import { overLimit } from "./core/rate-limit.ts";
import type { Deps } from "./deps.ts";
import { isUnavailable } from "./db/errors.ts";
import type { Env, Gate } from "./http/env.ts";
import { edge } from "./http/middleware/edge.ts";
import { problemHandler, problemResponse } from "./http/middleware/errors.ts";
import { limitBody, storableText } from "./http/middleware/input.ts";
import { refuseForgers } from "./http/middleware/limits.ts";
import { openApiDocument } from "./http/openapi.ts";
import { cursorCodec } from "./http/pagination.ts";
import { createRouter, operations } from "./http/router.ts";
import { refuseBadNavigation } from "./modules/navigation/index.ts";
import { verifyFront } from "./modules/verification/index.ts";
import type { Presented } from "./verify/credential.ts";
import { admitted } from "./verify/verdict.ts";

/** The whole HTTP service over its parts: every mount and middleware, in order. */
export function createApp(deps: Deps): OpenAPIHono<Env> {
  const { config, database, log } = deps;
  const https = config.BASE_URL.startsWith("https://");
  const origins = new Set([config.BASE_URL, ...config.TRUSTED_ORIGINS]);
  const gate = openGate(deps, origins);
  const app = createRouter();

  app.onError(problemHandler(log, isUnavailable));
  app.use(edge({ gate, log, https, trustedProxies: config.TRUSTED_PROXIES }));
  app.use(crossOrigin(origins));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: (c, methods) => problemResponse(c, wrongMethod(methods)) }));
  app.use(limitBody);
  app.use(storableText);
  app.use(
    "/v1/*",
    refuseForgers(deps.limiter, (headers) => isForged(deps, headers)),
  );

  app.get("/livez", (c) => c.json({ status: "ok" }));
  app.get("/readyz", async (c) => {
    await database.ping();
    return c.json({ status: "ok" });
  });
  app.all(`${basePath}/*`, async (c) => {
    const { ipAddress, requestId } = c.var.origin;
    return deps.authHandler(await unread(c), { address: ipAddress, requestId });
  });

  for (const module of deps.modules)
    app.route(`/v1${module.path.replaceAll(/\{(\w+)\}/g, ":$1")}`, module.routes(deps as never));
  refuseUndeclared(app, deps);
  refuseBadNavigation(deps.modules, deps.catalogue.permissions);

  app.get("/openapi.json", openApiDocument(app, config.BASE_URL));
  app.notFound((c) =>
    problemResponse(c, c.req.path.startsWith("/v1/") ? notFound() : NotFound("There is nothing at this path.")),
  );
  // What other services ask on every request doesn't take the way above unless it is refused.
  return Object.assign(app, { fetch: verifyFront(deps, app.fetch) });
}

function openGate(deps: Deps, origins: ReadonlySet<string>): Gate {
  const perMinute = { name: "caller", points: deps.config.RATE_LIMIT_PER_MINUTE, seconds: 60 };
  return {
    async authenticate(headers, selector) {
      const presented = deps.credentials.present(headers);
      const kept =
        presented === null || presented === "conflict" ? undefined : deps.verifier.recall(presented, selector);
      const verified = kept ?? admitted(await deps.verifier.verify(presented, selector)).kept;
      // Without one, and with two that disagree, nobody is admitted.
      return { verified, sent: (presented as Presented).raw };
    },
    async count(caller) {
      const key = caller.type === "user" ? `session:${caller.sessionId}` : `key:${caller.id}`;
      const { allowed, ...allowance } = await deps.limiter.count(perMinute, key);
      if (!allowed) throw overLimit("This session or key makes too many requests.", allowance);
      return allowance;
    },
    openScope: (actor, origin, bounds) => openScope(deps, actor, origin, bounds),
    trustsOrigin: (origin) => origins.has(origin),
    cursors: cursorCodec(deps.secret),
    clock: deps.clock,
  };
}

/** Whether a request that was refused guesses. A session's signature can't be guessed: one that is right has ended. */
function isForged({ credentials }: Deps, headers: Headers): boolean {
  const presented = credentials.present(headers);
  if (presented === null) return headers.has("authorization") || headers.has("x-api-key");
  return presented !== "conflict" && credentials.check(presented)?.kind !== "session";
}

/** The request with its body's bytes, also where a middleware has looked at them. */
async function unread(c: Context<Env>): Promise<Request> {
  const { raw } = c.req;
  const { url, method, headers, signal } = raw;
  return raw.bodyUsed ? new Request(url, { method, headers, signal, body: await c.req.arrayBuffer() }) : raw;
}

const crossOrigin = (origins: ReadonlySet<string>) =>
  cors({
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

const wrongMethod = (methods: string[]) =>
  MethodNotAllowed(`This path answers to ${methods.join(", ")}.`, { headers: { Allow: methods.join(", ") } });

/** @throws at start when an operation under /v1 doesn't say who may call it, or names a permission nobody declares. */
function refuseUndeclared(app: OpenAPIHono<Env>, deps: Deps): void {
  const declared = deps.roles.get("owner");
  for (const { method, path, access } of operations(app)) {
    if (!access)
      throw new Error(`${method} ${path} doesn't say who may call it: use allow, signedIn, platformAdmin or publicly`);
    if ("permission" in access && !declared?.has(access.permission)) {
      throw new Error(`${method} ${path} needs the permission ${access.permission}, which no module declares`);
    }
  }
}
