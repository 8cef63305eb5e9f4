/** A fetch that keeps cookies and names its origin, as a browser on `origin` does. */
export interface CookieJar {
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Cookies by name. */
  readonly cookies: ReadonlyMap<string, string>;
}

export function cookieJar(origin: string): CookieJar {
  const cookies = new Map<string, string>();
  return {
    cookies,
    async fetch(input, init) {
      const request = new Request(input, init);
      request.headers.set("origin", origin);
      if (cookies.size > 0)
        request.headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
      const response = await fetch(request, { redirect: "manual" });
      for (const line of response.headers.getSetCookie()) {
        const [pair = "", ...attributes] = line.split("; ");
        const equals = pair.indexOf("=");
        const name = pair.slice(0, equals);
        if (attributes.includes("Max-Age=0")) cookies.delete(name);
        else cookies.set(name, pair.slice(equals + 1));
      }
      return response;
    },
  };
}

/** The Cookie header of whoever keeps what an answer sets. */
export const cookieOf = (headers: Headers): string =>
  headers
    .getSetCookie()
    .map((line) => line.split(";")[0] ?? "")
    .filter((pair) => !pair.endsWith("="))
    .join("; ");
