import type { Context, ErrorHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { Logger } from "../../ops/log.ts";
import { Internal, Malformed, Problem, Unavailable, UnsupportedMediaType } from "../../core/problem.ts";
import type { Env } from "../env.ts";
import { problemDocuments } from "./dialect.ts";

/**
 * Turns whatever was thrown into an error of the request's mount. What isn't a declared problem is logged and answered
 * with a bare 500; an unavailable database is 503.
 */
export function problemHandler(log: Logger, isUnavailable: (err: unknown) => boolean): ErrorHandler<Env> {
  return (err, c) => {
    const problem = asProblem(err, isUnavailable);
    const requestId = c.get("origin")?.requestId;
    if (problem.status >= 500) log.error({ err, requestId }, problem.title);
    return problemResponse(c, problem);
  };
}

/** The problem as an answer to this request, in the dialect of its mount. */
export function problemResponse(c: Context<Env>, problem: Problem): Response {
  const dialect = c.get("mount")?.errors ?? problemDocuments;
  const { status, headers, body } = dialect.write(problem, c.get("origin")?.requestId ?? "");
  // A header that a middleware set before would outweigh the problem's own.
  for (const name of Object.keys(problem.extras.headers ?? {})) c.header(name, undefined);
  return c.body(body, status as 400, { "Cache-Control": "no-store", ...headers, ...problem.extras.headers });
}

function asProblem(err: unknown, isUnavailable: (err: unknown) => boolean): Problem {
  if (err instanceof Problem) return err;
  if (err instanceof HTTPException) {
    if (err.status === 415) return UnsupportedMediaType("Send the body as application/json.");
    if (err.status === 400) return Malformed("The body isn't JSON.");
  }
  if (isUnavailable(err))
    return Unavailable("The database doesn't answer. Try again in a moment.", {
      headers: { "Retry-After": "1" },
      cause: err,
    });
  return Internal("The fault is ours. Quote the request id when you report it.", { cause: err });
}
