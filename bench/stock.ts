import type { BetterAuthOptions } from "better-auth";
import type { Context } from "./subject.ts";

export const person = { name: "Ada", email: "ada@example.com", password: "correct horse battery" };

/**
 * Stock better-auth on Hono over tables as its own generator makes them, in a namespace of its own, with a person who
 * has signed up. Rate limits off, no telemetry, joins on; `options` adds to that.
 */
export async function serveStock<const Options extends Partial<BetterAuthOptions>>(
  { databaseUrl, poolMax }: Context,
  namespace: string,
  options: Options,
) {
  const { betterAuth } = await import("better-auth");
  const { drizzleAdapter } = await import("@better-auth/drizzle-adapter");
  const { drizzle } = await import("drizzle-orm/node-postgres");
  const { Hono } = await import("hono");
  const { Pool } = await import("pg");
  const { createTables, schema } = await import("./stock-schema.ts");

  const pool = new Pool({ connectionString: databaseUrl, max: poolMax, options: `-c search_path=${namespace}` });
  await pool.query(`create schema ${namespace}`);
  await pool.query(createTables);
  const app = new Hono();
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: app.fetch });
  const auth = betterAuth({
    baseURL: server.url.origin,
    secret: "a secret for the bench alone, of no worth elsewhere",
    database: drizzleAdapter(drizzle(pool, { schema }), { provider: "pg", schema }),
    emailAndPassword: { enabled: true },
    advanced: { database: { joins: true } },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    ...options,
  });
  app.on(["GET", "POST"], "/api/auth/*", (c) => auth.handler(c.req.raw));

  const signedUp = await fetch(new URL("/api/auth/sign-up/email", server.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(person),
  });
  if (!signedUp.ok) throw new Error(`sign-up answered ${signedUp.status}: ${await signedUp.text()}`);
  const cookies = signedUp.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
  const { user } = (await signedUp.json()) as { user: { id: string } };
  return { auth, origin: server.url.origin, cookie: cookies.join("; "), userId: user.id };
}

/** Whether a body is the person's session. */
export const answersPerson = (body: string): boolean => body.includes(person.email) && body.includes('"session":');
