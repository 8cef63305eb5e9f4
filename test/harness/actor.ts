import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Bindings, Env } from "../../src/http/env.ts";

/** An answer, read whole. `body` is the parsed JSON, or undefined where there is none. */
export type Answer = { status: number; headers: Headers; text: string; body: unknown };

/** What comes with a request whose socket's other end is there. */
export const connectedFrom = (address = "127.0.0.1"): Bindings => ({ addressOf: () => address });

type Send = (path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

/** Somebody who talks to the service: with a cookie when signed in, and the headers that a browser on its origin sends. */
export type Actor = {
  userId: string;
  email: string;
  name: string;
  cookie: string;
  request: (
    method: string,
    path: string,
    init?: { body?: BodyInit; headers?: Record<string, string>; address?: string },
  ) => Promise<Answer>;
  get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  post: Send;
  put: Send;
  patch: Send;
  delete: Send;
};

const nobody = { userId: "", email: "", name: "", cookie: "" };

/** @param origin what the Origin header says on requests that change something. */
export function actor(
  app: OpenAPIHono<Env>,
  origin: string,
  who: Pick<Actor, "userId" | "email" | "name" | "cookie"> = nobody,
): Actor {
  const request: Actor["request"] = async (method, path, init = {}) => {
    const headers = { origin, ...(who.cookie ? { cookie: who.cookie } : {}), ...init.headers };
    const sent = new Request(new URL(path, origin), {
      method,
      headers,
      ...(init.body === undefined ? {} : { body: init.body }),
    });
    const response = await app.fetch(sent, connectedFrom(init.address));
    const text = await response.text();
    const json = response.headers.get("content-type")?.includes("json") && text !== "";
    return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : undefined };
  };
  const send =
    (method: string): Send =>
    (path, body, headers) =>
      body === undefined
        ? request(method, path, headers ? { headers } : {})
        : request(method, path, {
            body: JSON.stringify(body),
            headers: { "content-type": "application/json", ...headers },
          });
  return {
    ...who,
    request,
    get: (path, headers) => request("GET", path, headers ? { headers } : {}),
    post: send("POST"),
    put: send("PUT"),
    patch: send("PATCH"),
    delete: send("DELETE"),
  };
}
