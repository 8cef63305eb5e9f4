import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Bindings, Env } from "../../src/http/env.ts";
import { type Client, clientOf, readAnswer } from "./answer.ts";
import type { Person } from "./people.ts";

/** What comes with a request whose socket's other end is there. */
export const connectedFrom = (address = "127.0.0.1"): Bindings => ({ addressOf: () => address });

/** Somebody who talks to the service: with a cookie when signed in, and the headers that a browser on its origin sends. */
export type Actor = Person & Client;

const nobody: Person = { userId: "", email: "", name: "", cookie: "", sessionId: "", organizationId: null };

/**
 * @param origin what the Origin header says on requests that change something.
 * @param heard is told of each request and its answer, a line each.
 */
export function actor(
  app: OpenAPIHono<Env>,
  origin: string,
  who: Person = nobody,
  heard: (line: string) => void = () => {},
): Actor {
  const request: Actor["request"] = async (method, path, init = {}) => {
    const headers = { origin, ...(who.cookie ? { cookie: who.cookie } : {}), ...init.headers };
    const sent = new Request(new URL(path, origin), {
      method,
      headers,
      ...(init.body === undefined ? {} : { body: init.body }),
    });
    const response = await app.fetch(sent, connectedFrom(init.address));
    const answer = await readAnswer(response, new URL(sent.url).pathname);
    heard(`${method} ${path} ${typeof init.body === "string" ? init.body : ""} → ${answer.status} ${answer.text}`);
    return answer;
  };
  return Object.assign(who === nobody ? { ...who } : who, clientOf(request));
}
