import { BlockList, isIP } from "node:net";
import type { Context, MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import { plainAddress } from "../../core/address.ts";
import type { Logger } from "../../ops/log.ts";
import { Malformed, Problem } from "../../core/problem.ts";
import type { Metrics } from "../../ops/metrics.ts";
import type { Env, Gate } from "../env.ts";
import { type Mount, mountOf } from "../mount.ts";

// A path that holds a key by mistake, and better-auth's mailed link to a new password.
const secretParts = /gh_[0-9A-Za-z]{10,}|(?<=\/reset-password\/)[^/]+/g;
const bare = (url: string): string => url.replace(/^https?:\/\/[^/]*/, "").replace(/\?.*$/s, "");
const acceptable = /^[\w-]{8,64}$/;

/**
 * What every request gets, in one place: an id, the client's address, its mount, security headers, one log line, a count.
 *
 * @param options.https whether clients reach the service by https.
 * @param options.trustedProxies addresses and CIDR ranges whose X-Forwarded-For is believed.
 */
export function edge(options: {
  gate: Gate;
  mounts: readonly [...Mount[], Mount];
  log: Logger;
  metrics: Pick<Metrics, "answered">;
  /** The template of a path that is served by other code than routes. */
  templateOf: (method: string, path: string) => string | undefined;
  https: boolean;
  trustedProxies: readonly string[];
}): MiddlewareHandler<Env> {
  const clientAddress = addressReader(options.trustedProxies);
  return async function edge(c, next) {
    const started = performance.now();
    const given = c.req.header("x-request-id");
    const requestId = given && acceptable.test(given) ? given : Bun.randomUUIDv7();
    const ipAddress = clientAddress(c.env.addressOf(c.req.raw), c.req.header("x-forwarded-for"));
    c.set("gate", options.gate);
    // A Host header that names no host leaves a URL that can't be read.
    const readable = URL.canParse(c.req.url);
    c.set("mount", mountOf(options.mounts, readable ? c.req.path : bare(c.req.url)));
    c.set("origin", { requestId, ipAddress, userAgent: c.req.header("user-agent")?.slice(0, 512) ?? null });
    if (!readable) throw Malformed("The Host header names no host.");
    await next();
    const { headers } = c.res;
    headers.set("X-Request-Id", requestId);
    headers.set("X-Content-Type-Options", "nosniff");
    if (!headers.has("Referrer-Policy")) headers.set("Referrer-Policy", "no-referrer");
    headers.set("X-Frame-Options", "DENY");
    if (!headers.has("Content-Security-Policy"))
      headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
    if (options.https) headers.set("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    if (c.env.within) return;
    const took = performance.now() - started;
    options.metrics.answered({
      method: methods.has(c.req.method) ? c.req.method : "other",
      route: routeOf(c, options.templateOf),
      status: c.res.status,
      code: c.error instanceof Problem ? c.error.code : null,
      seconds: took / 1000,
    });
    if (!options.log.isLevelEnabled("info")) return;
    options.log.info({
      requestId,
      method: c.req.method,
      path: c.req.path.slice(0, 200).replaceAll(secretParts, "[redacted]"),
      status: c.res.status,
      ms: Math.round(took * 10) / 10,
      [c.get("auth")?.apiKey ? "apiKeyId" : "userId"]: c.get("auth")?.principal.id,
      organizationId: c.get("auth")?.getOrg()?.id,
      authMethod: c.get("auth")?.authMethod,
    });
  };
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** The template that answered, `/v1/orgs/:org`; what no route answered counts as one. */
function routeOf(c: Context<Env>, templateOf: (method: string, path: string) => string | undefined): string {
  const route = routePath(c, -1);
  if (route.endsWith("/*") && route !== "/*") return templateOf(c.req.method, c.req.path) ?? route;
  return route === "/*" || route === "*" ? "none" : route;
}

/**
 * The client's address: the socket's, or behind trusted proxies the last one in X-Forwarded-For that none of
 * them is. What stands further left comes from the client and is not believed.
 */
export function addressReader(trustedProxies: readonly string[]) {
  const trusted = new BlockList();
  for (const range of trustedProxies) {
    const [address = "", bits] = range.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  const isTrusted = (address: string) => trusted.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  return (socket: string, forwarded: string | undefined): string => {
    let address = plainAddress(socket);
    if (forwarded === undefined || trustedProxies.length === 0) return address;
    for (const hop of forwarded.split(",").toReversed()) {
      if (!isTrusted(address)) return address;
      const next = plainAddress(hop.trim());
      if (isIP(next) === 0) return address;
      address = next;
    }
    return address;
  };
}
