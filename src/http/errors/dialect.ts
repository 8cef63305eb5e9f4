import type { Problem } from "../../core/problem.ts";

/** An answer that refuses a request. */
export type Refused = { status: number; headers: Record<string, string>; body: string };

/** How a mount writes its errors: the clients of each know one form. */
export type Dialect = (problem: Problem, requestId: string) => Refused;

/** RFC 9457, as our own routes answer. */
export const problemDocuments: Dialect = ({ code, title, status, detail, extras }, requestId) => ({
  status,
  headers: { "Content-Type": "application/problem+json", "X-Request-Id": requestId },
  body: JSON.stringify({
    type: `urn:gatehouse:problem:${code}`,
    title,
    status,
    detail,
    code,
    requestId,
    ...(extras.errors ? { errors: extras.errors } : {}),
  }),
});

/** `{message, code}`, which better-auth's clients read. */
export const betterAuthErrors: Dialect = ({ code, status, detail }) => ({
  status,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ message: detail, code: code.toUpperCase() }),
});
