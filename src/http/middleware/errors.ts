import type { Context, ErrorHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { Logger } from "../../core/log.ts";
import {
  Internal,
  Malformed,
  Problem,
  type ProblemBody,
  Unavailable,
  UnsupportedMediaType,
} from "../../core/problem.ts";
import type { Env } from "../env.ts";

/**
 * Turns whatever was thrown into RFC 9457. What isn't a declared problem is logged and told as a bare 500; a database
 * that is away is 503.
 */
export function problemHandler(log: Logger, isUnavailable: (err: unknown) => boolean): ErrorHandler<Env> {
  return (err, c) => {
    const problem = asProblem(err, isUnavailable);
    const requestId = c.get("origin")?.requestId;
    if (problem.status >= 500) log.error({ err, requestId }, problem.title);
    return problemResponse(c, problem);
  };
}

/** The problem as an answer to this request; under /api/auth in the `{message, code}` that better-auth's clients read. */
export function problemResponse(c: Context<Env>, problem: Problem): Response {
  const document: ProblemBody = {
    type: `urn:gatehouse:problem:${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    code: problem.code,
    requestId: c.get("origin")?.requestId ?? "",
    ...(problem.extras.errors ? { errors: problem.extras.errors } : {}),
  };
  // What a middleware has said before would outweigh it.
  for (const name of Object.keys(problem.extras.headers ?? {})) c.header(name, undefined);
  if (c.req.path.startsWith("/api/auth/")) {
    const own = { message: problem.detail, code: problem.code.toUpperCase() };
    return c.json(own, problem.status as 400, { "Cache-Control": "no-store", ...problem.extras.headers });
  }
  return c.body(JSON.stringify(document), problem.status as 400, {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
    "X-Request-Id": document.requestId,
    ...problem.extras.headers,
  });
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
