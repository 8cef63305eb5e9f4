import { type Answer } from "./actor.ts";

/** Somebody signed in over HTTP, with a cookie and the origin of the service's own pages. */
export interface Visitor {
  readonly email: string;
  send(method: string, path: string, body?: unknown): Promise<Answer>;
}

export const password = "correct horse battery";

/** Signs somebody new up at the service on `url`. */
export async function visitor(url: string): Promise<Visitor> {
  const email = `${Bun.randomUUIDv7()}@example.com`;
  const signedUp = await send(url, "", "POST", "/api/auth/sign-up/email", { email, name: "Somebody", password });
  if (signedUp.status !== 200) throw new Error(`sign-up answered ${signedUp.status}: ${signedUp.text}`);
  const cookie = signedUp.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  return { email, send: (method, path, body) => send(url, cookie, method, path, body) };
}

/** One request, read whole. An empty `cookie` sends none. */
export async function send(url: string, cookie: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: "manual",
    headers: {
      origin: url,
      ...(cookie ? { cookie } : {}),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get("content-type")?.includes("json") && text !== "";
  return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : undefined };
}
