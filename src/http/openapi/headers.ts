import type { Refusal } from "../../core/problem.ts";

type Header = { description: string; required?: true; schema: Schema };
type Schema = { type: string; minimum?: number; format?: string; enum?: readonly string[] };

/** Every header that answers carry beyond those of HTTP itself, by the name under which the document holds it. */
export const headers = {
  "X-Request-Id": {
    description: "Names this request in the service's log. Quote it in a report.",
    required: true,
    schema: { type: "string" },
  },
  ETag: {
    description: "The version of what is shown. Send it as If-Match with a change that is based on it.",
    required: true,
    schema: { type: "string" },
  },
  Location: {
    description: "The path of what was created.",
    required: true,
    schema: { type: "string", format: "uri-reference" },
  },
  "WWW-Authenticate": {
    description:
      "The challenge of RFC 6750; `error` is there where a credential was sent. To an OAuth client, that of Basic (RFC 7617).",
    required: true,
    schema: { type: "string" },
  },
  "Retry-After": {
    description: "In how many seconds to try again. Left out where a quota never renews.",
    schema: { type: "integer", minimum: 0 },
  },
  "RateLimit-Limit": {
    description: "How many requests the window allows. Left out where nothing is limited.",
    schema: { type: "integer", minimum: 0 },
  },
  "RateLimit-Remaining": {
    description: "How many requests are left in the window.",
    schema: { type: "integer", minimum: 0 },
  },
  "RateLimit-Reset": {
    description: "In how many seconds the window ends.",
    schema: { type: "integer", minimum: 0 },
  },
  "Set-Cookie": {
    description: "What a browser is to keep of the session: a new one, or none any more.",
    schema: { type: "string" },
  },
  "set-auth-token": {
    description: "The session's signed token, for programs that send it as a Bearer token.",
    schema: { type: "string" },
  },
  "X-Auth-Type": {
    description: "What kind of principal it is. A proxy hands this and the following on to the application.",
    required: true,
    schema: { type: "string", enum: ["user", "apiKey"] },
  },
  "X-Auth-Subject": {
    description: "The id of the person or of the API key.",
    required: true,
    schema: { type: "string" },
  },
  "X-Auth-Email": {
    description: "The person's address, percent-encoded where it isn't ASCII; empty for an API key.",
    required: true,
    schema: { type: "string" },
  },
  "X-Auth-Org": {
    description: "The id of the organization that the answer is about; empty where there is none.",
    required: true,
    schema: { type: "string" },
  },
  "X-Auth-Role": {
    description: "The roles there, separated by commas; empty where there are none.",
    required: true,
    schema: { type: "string" },
  },
  "X-Auth-Permissions": {
    description: "The permissions held there, separated by spaces; empty where there are none.",
    required: true,
    schema: { type: "string" },
  },
} as const satisfies Record<string, Header>;

export type Name = keyof typeof headers;

/** The headers that say how much of a limit is left. */
export const limits = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"] as const;

/** What the headers of an answer follow from. */
type Answering = {
  status: number;
  /** Whether the request has been counted by the time of the answer. */
  counted: boolean;
  /** Whether it shows one resource, which has a version. */
  versioned: boolean;
};

/** The headers of an answer, as references into the document. */
export function headersOf({ status, counted, versioned }: Answering): Record<string, { $ref: string }> {
  const names: Name[] = [
    "X-Request-Id",
    ...(versioned ? (["ETag"] as const) : []),
    ...(status === 201 ? (["Location"] as const) : []),
    ...(status === 401 ? (["WWW-Authenticate"] as const) : []),
    ...(status === 429 || status === 503 ? (["Retry-After"] as const) : []),
    ...((counted && status !== 401) || status === 429 ? limits : []),
  ];
  return references(...names);
}

/** The challenge of a 403 that asks for a recent sign-in, beside others of that status which have none. */
export const stepUp = {
  "WWW-Authenticate": {
    description: "With `fresh_sign_in_required`: RFC 9470's challenge, with the `max_age` of a recent sign-in.",
    schema: { type: "string" },
  },
} as const;

const references = (...names: Name[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** A response with headers of its own, beside those that the document adds, as one of a route's `responses`. */
export const withHeaders = <Response extends object>(response: Response, ...names: Name[]) => ({
  ...response,
  headers: references(...names),
});

/** The headers by which a proxy hands on who is asking. */
export const identityHeaders = [
  "X-Auth-Type",
  "X-Auth-Subject",
  "X-Auth-Email",
  "X-Auth-Org",
  "X-Auth-Role",
  "X-Auth-Permissions",
] as const;

/** One parameter of the document: the version that a request names. */
const version = (name: string, description: string) => ({
  name,
  in: "header",
  required: false,
  description,
  schema: { type: "string" },
  example: '"1k2j3h4g5f"',
});

const ifMatch = version(
  "If-Match",
  "The ETag of what the change is based on: 412 where it has changed since. `*` is any version, as is none.",
);
const ifNoneMatch = version("If-None-Match", "The ETag of what is known already: 304 where it still is that.");

/** The headers with which a request names a version. */
export const conditions = (refusals: readonly Refusal[], statuses: readonly string[]) => [
  ...(refusals.some(({ status }) => status === 412) ? [ifMatch] : []),
  ...(statuses.includes("304") ? [ifNoneMatch] : []),
];
