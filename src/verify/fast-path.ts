import type { Answer } from "./response.ts";

type Fetch<Env> = (request: Request, env: Env) => Response | Promise<Response>;

const path = "/v1/verify";

/**
 * Answers what other services ask on every request before it reaches the router and its middleware:
 *
 *     /v1/verify ─► verifyRequest ─► 200
 *                        └─ refused ─► rest(request, { …env, refusal }) ─► edge, limits ─► the route throws the refusal
 *     any other  ──────────────────► rest(request, env)
 *
 * So a refusal is counted, logged and written like any other, and the credential is read only once.
 *
 * @param answer verifies a request by its headers and its query; throws, or rejects with, what refuses it.
 */
export function fastPath<Env extends { refusal?: Error }>(
  answer: (headers: Headers, query: string) => Answer | Promise<Answer>,
  rest: Fetch<Env>,
): Fetch<Env> {
  const refuse = (request: Request, env: Env, err: unknown) =>
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

/** The constructor copies the prepared headers, so the request's id can be set on them just before. */
function response({ body, headers }: Answer): Response {
  headers.set("X-Request-Id", Bun.randomUUIDv7());
  return new Response(body, { headers });
}
