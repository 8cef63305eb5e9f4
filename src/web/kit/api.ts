import type { Context } from "hono";
import { type FieldError, notFound } from "../../core/problem.ts";
import { type Api, ApiFailure, type Inner, type PageEnv, type Versioned } from "../../http/page.ts";

/** What a refusal of either dialect says. */
type Refusal = { code?: string; detail?: string; message?: string; errors?: FieldError[] };

const auth = "/api/auth";

/**
 * Calls the service within the process, with the cookies, the address and the browser of the request that a page
 * answers. Cookies that come back are used from then on, and go to the browser.
 */
export function openApi(c: Context<PageEnv>, inner: Inner, baseUrl: string): Api {
  const jar = cookieJar(c.req.header("cookie"));
  const call = async (method: string, path: string, body?: object, extra: Record<string, string> = {}) => {
    const headers = new Headers({ "x-request-id": c.var.origin.requestId, ...extra });
    for (const name of ["user-agent", "accept-language"]) {
      const value = c.req.header(name);
      if (value !== undefined) headers.set(name, value);
    }
    const cookies = jar.header();
    if (cookies !== "") headers.set("cookie", cookies);
    // The pages have made sure themselves that a form is their own; see forgery.ts.
    if (method !== "GET") headers.set("origin", baseUrl);
    if (body !== undefined) headers.set("content-type", "application/json");
    // A part that was typed, such as `..`, leads nowhere else.
    if (/(^|\/)\.{1,2}(?=$|[/?#])|%2e/i.test(path.split("?")[0] ?? "")) throw notFound();
    const request = new Request(baseUrl + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const address = c.var.origin.ipAddress;
    const response = await inner.fetch(request, { addressOf: () => address, within: true });
    for (const cookie of response.headers.getSetCookie()) {
      jar.keep(cookie);
      c.header("set-cookie", cookie, { append: true });
    }
    const text = await response.text();
    if (!response.ok && response.status !== 302) throw failure(response, text);
    const { headers: answer } = response;
    if (response.status === 302) return { body: { redirect: true, url: answer.get("location") }, etag: "" };
    return { body: text === "" ? null : (JSON.parse(text) as unknown), etag: answer.get("etag") ?? "" };
  };
  const versioned = call as <T>(...args: Parameters<typeof call>) => Promise<Versioned<T>>;
  const answered = async <T>(...args: Parameters<typeof call>) => (await versioned<T>(...args)).body;
  return {
    get: (path, query = {}) => answered("GET", withQuery(path, query)),
    read: (path, query = {}) => versioned("GET", withQuery(path, query)),
    send: (method, path, body, { ifMatch } = {}) =>
      answered(method, path, body, ifMatch === undefined ? {} : { "if-match": ifMatch }),
    auth: (path, body) => answered(body === undefined ? "GET" : "POST", auth + path, body),
  };
}

function failure(response: Response, text: string): ApiFailure {
  const { code = "", detail, message, errors = [] } = (parsed(text) ?? {}) as Refusal;
  const said = detail ?? message ?? "";
  const fields = errors.length > 0 ? errors : fieldsIn(said);
  const retryAfter = response.headers.get("retry-after");
  return new ApiFailure(response.status, code.toLowerCase(), said, fields, retryAfter);
}

/** The fields that better-auth names in a message: `[body.newEmail] Invalid email address`. */
const fieldsIn = (message: string): FieldError[] =>
  [...message.matchAll(/\[body\.([\w.]+)\] ([^;]+)/g)].map(([, path = "", said = ""]) => ({ path, message: said }));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A path with what is given of a query. */
export function withQuery(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string | number] => (entry[1] ?? "") !== "");
  if (given.length === 0) return path;
  return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
}

/** The cookies of one browser, as this request goes on. */
function cookieJar(header: string | undefined) {
  const kept = new Map<string, string>();
  for (const pair of (header ?? "").split(/; */)) {
    const equals = pair.indexOf("=");
    if (equals > 0) kept.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  return {
    header: () => [...kept].map(([name, value]) => `${name}=${value}`).join("; "),
    keep(setCookie: string) {
      const [pair = "", ...attributes] = setCookie.split(/; */);
      const equals = pair.indexOf("=");
      const name = pair.slice(0, equals);
      if (attributes.some((each) => /^max-age=0$/i.test(each))) kept.delete(name);
      else kept.set(name, pair.slice(equals + 1));
    },
  };
}
