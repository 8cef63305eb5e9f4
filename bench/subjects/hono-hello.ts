import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "hono-hello",
  about: "a bare Hono route that answers a small JSON: the limit",
  async start() {
    const { Hono } = await import("hono");
    const app = new Hono().get("/", (c) => c.json({ hello: "world" }));
    const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: app.fetch });
    return { url: server.url.href };
  },
  answers: (body) => body === '{"hello":"world"}',
};

export default subject;
