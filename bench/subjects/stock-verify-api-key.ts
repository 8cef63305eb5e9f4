import { serveStock } from "../stock.ts";
import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "stock-verify-api-key",
  about: "stock better-auth's verifyApiKey in a Hono route, its rate limit off, with the key in X-API-Key",
  database: "plain",
  async start(context) {
    const { apiKey } = await import("@better-auth/api-key");
    const plugins = [apiKey({ rateLimit: { enabled: false } })] as const;
    const { auth, userId } = await serveStock(context, "stock_verify_api_key", { plugins: [...plugins] });
    const { Hono } = await import("hono");
    const app = new Hono().get("/verify", async (c) => {
      const verified = await auth.api.verifyApiKey({ body: { key: c.req.header("x-api-key") ?? "" } });
      return verified.valid ? c.json(verified) : c.json(verified, 401);
    });
    const { key } = await auth.api.createApiKey({ body: { name: "bench", userId } });
    const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: app.fetch });
    return { url: new URL("/verify", server.url).href, headers: { "x-api-key": key } };
  },
  answers: (body) => body.includes('"valid":true') && body.includes('"name":"bench"'),
};

export default subject;
