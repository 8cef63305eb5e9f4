import { type Answer, readAnswer, withJson } from "./answer.ts";

/** Somebody signed in over HTTP, with a cookie and the origin of the service's own pages. */
export interface Visitor {
  readonly email: string;
  readonly cookie: string;
  send: (method: string, path: string, body?: unknown) => Promise<Answer>;
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
  return { email, cookie, send: (method, path, body) => send(url, cookie, method, path, body) };
}

/** One request, read whole. An empty `cookie` sends none. */
export async function send(url: string, cookie: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: "manual",
    ...withJson(body, { origin: url, ...(cookie ? { cookie } : {}) }),
  });
  return readAnswer(response);
}
