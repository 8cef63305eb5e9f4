import { person } from "./seed.ts";
import type { Context, Target } from "./subject.ts";

export const origin = "https://gatehouse.bench.example";

/** Runs the service itself in this process as production would, signs the seeded person in, and asks for `path`. */
export async function serveGatehouse(
  { databaseUrl, poolMax }: Context,
  path: string,
  env: Record<string, string> = {},
): Promise<Target> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  Object.assign(process.env, {
    NODE_ENV: "production",
    HOST: "127.0.0.1",
    PORT: String(port),
    BASE_URL: origin,
    AUTH_SECRET: "a secret for the bench alone, of no worth elsewhere",
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_MAX: String(poolMax),
    // Never spoken to; without it the service would keep mail in a folder here.
    SMTP_URL: "smtp://127.0.0.1:9",
    // Counted as always, and never reached by the one caller there is.
    RATE_LIMIT_PER_MINUTE: "1000000000",
    ...env,
  });
  // Lasts as long as the service does.
  const service = import("../src/server.ts").then(({ start }) => start());
  await Promise.race([ready(url), service.then(() => Promise.reject(new Error("the service ended before it served")))]);

  const signedIn = await fetch(`${url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin },
    body: JSON.stringify(person),
  });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0];
  if (!cookie) throw new Error(`sign-in answered ${signedIn.status}: ${await signedIn.text()}`);
  return { url: url + path, headers: { cookie } };
}

/** The same as a browser asks for its second page, with the cookies that the first one set. */
export async function browsing({ url, headers = {} }: Target): Promise<Target> {
  const first = await fetch(url, { headers });
  const set = first.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  return { url, headers: { ...headers, cookie: [headers["cookie"], ...set].join("; ") } };
}

async function ready(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    if (response?.ok) return;
    await Bun.sleep(20);
  }
}

async function freePort(): Promise<number> {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const { port = 0 } = server;
  await server.stop(true);
  return port;
}
