import { unstorableAt } from "../../core/text.ts";
import type { Method } from "../../core/sign-in.ts";
import { refuse } from "../guard/access-rules.ts";
import { basePath, privateHeaders } from "../options.ts";
import { hasExcessiveActions } from "./actions.ts";
import { routeOf } from "./routes.ts";
import type { AuthRoute } from "./routes/route.ts";

export type Client = { address: string; requestId: string };

/** A request to one of better-auth's routes, read once. */
export type Call = {
  /** The route's key in the table. */
  key: string;
  route: AuthRoute;
  path: string;
  /** The body's fields, or a GET's query. Empty where there are none. */
  given: Readonly<Record<string, unknown>>;
  client: Client;
  /** What better-auth is given: its body is what was read here, written again. */
  request: Request;
};

const json = /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i;
const form = /^application\/x-www-form-urlencoded\s*(;\s*charset="?utf-8"?\s*)?$/i;

/** Where somebody is led on to, which better-auth puts into headers. */
const places = ["callbackURL", "errorCallbackURL", "newUserCallbackURL", "redirectTo"];
const beyondLatin1 = /[\u0100-\uffff]/;

/** Reads a request, or refuses it with 404, 400, 415 or 422. */
export async function readCall(
  request: Request,
  client: Client,
  methods: ReadonlySet<Method>,
): Promise<Call | Response> {
  const url = new URL(request.url);
  const path = url.pathname.slice(basePath.length);
  const { key, route } = routeOf(request.method, path) ?? {};
  if (key === undefined || route === undefined) return new Response(null, { status: 404 });
  if (route.method !== undefined && !methods.has(route.method)) return new Response("Not Found", { status: 404 });
  if (route.disabled !== undefined) return new Response("Not Found", { status: 404 });
  const headers = new Headers(request.headers);
  headers.set(privateHeaders.clientAddress, client.address);
  headers.set(privateHeaders.requestId, client.requestId);
  // Read now: a signal first accessed after the client has gone is never marked as aborted.
  const { signal, method } = request;
  const pass = (given: Call["given"], body?: string): Call => ({
    key,
    route,
    path,
    given,
    client,
    request: new Request(request.url, { method, headers, signal, ...(body === undefined ? {} : { body }) }),
  });
  if (method === "GET") {
    const given = queryFields(url.searchParams);
    const long = tooLong(given);
    if (long) return long;
    const odd = route.counts?.find((name) => !isCount(given[name]));
    return odd === undefined ? pass(given) : refuse(400, "VALIDATION_ERROR", `${odd} is a whole number, 0 or more.`);
  }
  const text = await request.text();
  if (text === "") return pass({});
  headers.delete("content-length");
  const type = request.headers.get("content-type") ?? "";
  const read = json.test(type) ? readJson(text) : route.form && form.test(type) ? readForm(text) : null;
  if (read === null) return wrongMediaType(type, route);
  if (read === undefined) return refuse(400, "BAD_REQUEST", "Invalid JSON in request body");
  for (const [name, only] of Object.entries(route.fixed ?? {}))
    if (read.fields[name] !== only) return refuse(400, "VALIDATION_ERROR", `${name} is ${only} here.`);
  const long = tooLong(read.fields);
  if (long) return long;
  if (unstorableAt(read.fields) !== null)
    return refuse(422, "VALIDATION_FAILED", "Text can't hold NUL or half a surrogate pair.");
  const odd = places.find((name) => typeof read.fields[name] === "string" && beyondLatin1.test(read.fields[name]));
  if (odd !== undefined) return refuse(400, "VALIDATION_ERROR", `${odd} is a URL: what isn't ASCII in it is encoded.`);
  if (hasExcessiveActions(read.fields))
    return refuse(400, "INVALID_PERMISSION", "Permissions name each action once, and at most 500 in all.");
  headers.set("content-type", read.type);
  try {
    return pass(read.fields, read.write());
  } catch {
    return refuse(400, "BAD_REQUEST", "The body is nested too deeply.");
  }
}

/** How long what a request names may be where a mail or a stored state carries it on: places to be led to, addresses. */
const longest: Readonly<Record<string, number>> = {
  callbackURL: 2048,
  redirectTo: 2048,
  errorCallbackURL: 2048,
  newUserCallbackURL: 2048,
  email: 320,
  newEmail: 320,
};

/** The refusal of what is too long; undefined where nothing is. */
function tooLong(given: Call["given"]): Response | undefined {
  for (const [name, most] of Object.entries(longest)) {
    const value = given[name];
    if (typeof value === "string" && value.length > most)
      return refuse(400, "VALIDATION_ERROR", `${name} has at most ${most} characters.`);
  }
  return undefined;
}

const isCount = (value: unknown): boolean =>
  value === undefined || (typeof value === "string" && /^\d{1,9}$/.test(value));

/** The 415 in better-auth's words. */
function wrongMediaType(type: string, route: AuthRoute): Response {
  const allowed = `Allowed types: ${route.form ? "application/x-www-form-urlencoded, " : ""}application/json`;
  const message =
    type === "" ? `Content-Type is required. ${allowed}` : `Content-Type "${type}" is not allowed. ${allowed}`;
  return refuse(415, "UNSUPPORTED_MEDIA_TYPE", message);
}

type Read = { fields: Record<string, unknown>; type: string; write: () => string };

/** The fields of a JSON body; undefined where it isn't JSON. What isn't an object has none, and better-auth refuses it. */
function readJson(text: string): Read | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const fields = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
    return { fields: fields as Record<string, unknown>, type: "application/json", write: () => JSON.stringify(value) };
  } catch {
    return undefined;
  }
}

/** A field that is given twice has its last value, as better-auth reads it. */
function readForm(text: string): Read {
  const fields = Object.fromEntries(new URLSearchParams(text));
  return { fields, type: "application/x-www-form-urlencoded", write: () => new URLSearchParams(fields).toString() };
}

/** A parameter that is given twice is a list, as better-auth reads it. */
function queryFields(parameters: URLSearchParams): Record<string, unknown> {
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => {
      const values = parameters.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}
