import type { Subject } from "../subject.ts";

const person = { name: "Ada", email: "ada@example.com", password: "correct horse battery" };

const subject: Subject = {
  name: "stock-get-session",
  about: "stock better-auth on Hono, no plugins, joins on, no cookie cache: GET /api/auth/get-session",
  database: "plain",
  async start({ databaseUrl, poolMax }) {
    const { betterAuth } = await import("better-auth");
    const { drizzleAdapter } = await import("@better-auth/drizzle-adapter");
    const { drizzle } = await import("drizzle-orm/node-postgres");
    const { Hono } = await import("hono");
    const { Pool } = await import("pg");
    const { createTables, schema } = await import("../stock-schema.ts");

    const pool = new Pool({ connectionString: databaseUrl, max: poolMax });
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
    });
    app.on(["GET", "POST"], "/api/auth/*", (c) => auth.handler(c.req.raw));

    const signedUp = await fetch(new URL("/api/auth/sign-up/email", server.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(person),
    });
    const cookie = signedUp.headers.getSetCookie()[0]?.split(";")[0];
    if (!cookie) throw new Error(`sign-up answered ${signedUp.status}: ${await signedUp.text()}`);
    return { url: new URL("/api/auth/get-session", server.url).href, headers: { cookie } };
  },
  answers: (body) => body.includes(person.email) && body.includes('"session":'),
};

export default subject;
