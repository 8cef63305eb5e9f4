import type { Bindings } from "../../http/env.ts";
import { type Ports, verifyRequest } from "./verify.ts";
import type { Answer } from "./answer.ts";

type Fetch = (request: Request, env: Bindings) => Response | Promise<Response>;

const path = "/v1/verify";

/**
 * The short way of what other services ask on every request: before the router and the middlewares, whose work on a
 * good credential is done here, once. A refusal goes on to them, to be counted, logged and told like any other.
 */
export function verifyFront(ports: Ports, rest: Fetch): Fetch {
  const answer = verifyRequest(ports);
  const refuse = (request: Request, env: Bindings, err: unknown) =>
    rest(request, { ...env, refusal: err instanceof Error ? err : new Error("not an error", { cause: err }) });
  return (request, env) => {
    const query = verifyQuery(request);
    if (query === null) return rest(request, env);
    try {
      const found = answer(request.headers, query);
      if (!(found instanceof Promise)) return response(found);
      return found.then(response, (err: unknown) => refuse(request, env, err));
    } catch (err) {
      return refuse(request, env, err);
    }
  };
}

/** The query of a request to verify, with its question mark; null for any other request. */
function verifyQuery({ url, method }: Request): string | null {
  const start = url.indexOf("/", 8);
  if (!url.startsWith(path, start) || (method !== "GET" && method !== "POST")) return null;
  const end = start + path.length;
  if (end === url.length) return "";
  return url.charCodeAt(end) === 0x3f ? url.slice(end) : null;
}

/** @param answer.headers are copied by the constructor; the request's id is put into them just before. */
function response({ body, headers }: Answer): Response {
  headers.set("X-Request-Id", Bun.randomUUIDv7());
  return new Response(body, { headers });
}
