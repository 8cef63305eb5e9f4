/** One field that the client must change. `path` is dotted, as in the request's body, query or path. */
export type FieldError = { path: string; message: string };

/** Pages where somebody can mend what refuses them, as extension members of RFC 9457. */
export type Places = { signIn?: string; secondFactor?: string };

/** RFC 9457, with a stable `code`, the request's id, `errors` for fields, and where to go. */
export type ProblemBody = Places & {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  requestId: string;
  errors?: FieldError[];
};

type Extras = { errors?: FieldError[]; members?: Places; headers?: Record<string, string>; cause?: unknown };

/** A refusal with a public face. `detail` is shown to the client; `cause` only reaches the log. */
export class Problem extends Error {
  override name = "Problem";
  constructor(
    readonly code: string,
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly extras: Extras = {},
  ) {
    super(detail, extras.cause === undefined ? undefined : { cause: extras.cause });
  }
}

const declared = new Map<string, { status: number; title: string }>();

/** What a client may be refused with: a code to switch on, and the status that it comes with. */
export type Refusal = { readonly code: string; readonly status: number; readonly title: string };

/**
 * Declares a problem beside the rule that it reports.
 *
 * @returns a function from the public detail to the error to throw. It carries the code, the status and the title too,
 * for the operations that may answer with it to name it.
 * @throws when the same code is declared twice with another meaning.
 */
export function problem(code: string, status: number, title: string): Declared {
  const known = declared.get(code);
  if (known && (known.status !== status || known.title !== title)) throw new Error(`problem ${code} is declared twice`);
  declared.set(code, { status, title });
  const make = (detail: string, extras?: Extras) => new Problem(code, status, title, detail, extras);
  return Object.assign(make, { code, status, title });
}

type Declared = Refusal & ((detail: string, extras?: Extras) => Problem);

/** Every declared problem, by code: what a client may have to switch over. */
export const declaredProblems = (): ReadonlyMap<string, { status: number; title: string }> => declared;

export const Malformed = problem("malformed_request", 400, "The request is malformed");
export const ConflictingCredentials = problem("conflicting_credentials", 400, "Two credentials that disagree");
export const Unauthenticated = problem("unauthenticated", 401, "Not signed in");
export const Forbidden = problem("forbidden", 403, "Permission missing");
export const NotFound = problem("not_found", 404, "Not found");
export const MethodNotAllowed = problem("method_not_allowed", 405, "Method not allowed");
export const PreconditionFailed = problem("precondition_failed", 412, "The resource has changed");
export const TooLarge = problem("payload_too_large", 413, "The body is too large");
export const UnsupportedMediaType = problem("unsupported_media_type", 415, "The content type isn't supported");
export const Invalid = problem("validation_failed", 422, "Some fields are invalid");
export const RateLimited = problem("rate_limited", 429, "Too many requests");
export const QuotaExceeded = problem("quota_exceeded", 429, "The key's quota is used up");
export const Internal = problem("internal_error", 500, "Something went wrong");
export const Unavailable = problem("unavailable", 503, "Temporarily unavailable");

/** The one 404 there is: what is absent and what isn't yours read the same. */
export const notFound = () => NotFound("There is nothing here, or it isn't yours to see.");

/** The 422 for one field that breaks a rule which its schema can't state. @param path dotted, as in the request. */
export const invalidField = (path: string, message: string, cause?: unknown) =>
  Invalid("Change the fields listed under errors.", { errors: [{ path, message }], cause });
