import type { Problem, Refusal } from "../../core/problem.ts";

/** An answer that refuses a request. */
export type Refused = { status: number; headers: Record<string, string>; body: string };

/** How a mount writes its errors: the clients of each know one form. */
export type Dialect = {
  /** The answer to a request. */
  write(problem: Problem, requestId: string): Refused;
  /** What the document says of it: the status of a refusal, the media type, and the schema of a body that is one of some. */
  described: { status(refusal: Refusal): number; type: string; schema(refusals: readonly Refusal[]): object };
};

/** RFC 9457, as our own routes answer. */
export const problemDocuments: Dialect = {
  write: ({ code, title, status, detail, extras }, requestId) => ({
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
      ...extras.members,
    }),
  }),
  described: {
    status: ({ status }) => status,
    type: "application/problem+json",
    schema: (refusals) => ({
      allOf: [
        { $ref: "#/components/schemas/Problem" },
        {
          type: "object",
          required: ["code"],
          properties: { code: { type: "string", enum: refusals.map(({ code }) => code) } },
        },
      ],
    }),
  },
};

const json = { "Content-Type": "application/json" };

/** `{message, code}`, which better-auth's clients read. */
export const betterAuthErrors: Dialect = {
  write: ({ code, status, detail, extras }) => ({
    status,
    headers: json,
    body: JSON.stringify({ message: detail, code: code.toUpperCase(), ...extras.members }),
  }),
  described: {
    status: ({ status }) => status,
    type: "application/json",
    schema: (refusals) => ({
      type: "object",
      required: ["message", "code"],
      properties: {
        message: { type: "string" },
        code: { type: "string", enum: refusals.map(({ code }) => code.toUpperCase()) },
      },
    }),
  },
};

/** `{error, error_description}` of RFC 6749 §5.2, which OAuth clients read. It knows 400 where we say 422. */
export const oauthErrors: Dialect = {
  write(problem) {
    const named = problem.extras.errors?.map(({ path, message }) => `${path}: ${message}`).join(". ");
    return {
      status: oauthStatus(problem),
      headers: json,
      body: JSON.stringify({
        error: oauthError(problem),
        error_description: describable(named ?? problem.detail),
      }),
    };
  },
  described: {
    status: oauthStatus,
    type: "application/json",
    schema: (refusals) => ({
      type: "object",
      required: ["error", "error_description"],
      properties: {
        error: { type: "string", enum: [...new Set(refusals.map(oauthError))] },
        error_description: { type: "string" },
      },
    }),
  },
};

const oauthNames: Readonly<Record<number, string>> = {
  401: "invalid_client",
  403: "insufficient_scope", // RFC 6750 §3.1
  429: "temporarily_unavailable",
  500: "server_error",
  503: "temporarily_unavailable",
};

function oauthStatus({ status }: Pick<Refusal, "status">): number {
  return status === 422 ? 400 : status;
}

function oauthError({ status }: Pick<Refusal, "status">): string {
  return oauthNames[status] ?? "invalid_request";
}

/** The characters that RFC 6749 allows a description. */
const describable = (text: string): string => text.replaceAll('"', "'").replaceAll(/[^\x20-\x5b\x5d-\x7e]/g, "?");
