import type { Refusal } from "../../core/problem.ts";

type Header = { description: string; required?: true; schema: { type: string; minimum?: number; format?: string } };

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
} as const satisfies Record<string, Header>;

type Name = keyof typeof headers;

const limits: Name[] = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];

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
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

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
