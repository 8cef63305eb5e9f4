import { afterEach, expect, test } from "bun:test";
import { Hono } from "hono";
import { Problem } from "../../src/core/problem.ts";
import type { Env } from "../../src/http/env.ts";
import { problemHandler } from "../../src/http/errors/respond.ts";
import { receiveBody } from "../../src/http/middleware/body.ts";
import { mount } from "../../src/http/mount.ts";
import { silentLog } from "../../src/ops/log.ts";
import { until } from "../harness/time.ts";

const [kiB, MiB] = [1024, 1024 * 1024];
let server: Bun.Server<undefined> | undefined;
afterEach(async () => server?.stop(true));

/** A server that answers with the size of what it got. A client says by a header which address it has. */
function serve(options: Parameters<typeof receiveBody>[0]) {
  const thrown: unknown[] = [];
  const app = new Hono<Env>();
  app.onError((err, c) => {
    thrown.push(err);
    return problemHandler(silentLog, () => false)(err, c);
  });
  app.use(async (c, next) => {
    c.set("mount", mount(""));
    c.set("origin", { requestId: "r", ipAddress: c.req.header("x-from") ?? "192.0.2.1", userAgent: null });
    await next();
  });
  app.use(receiveBody(options));
  app.post("/", async (c) => c.text(String((await c.req.text()).length)));
  server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: app.fetch });
  return { app, port: server.port ?? 0, url: server.url.href, thrown };
}

/** Announces a body of so many bytes and sends only some of them. */
async function begin(port: number, announced: number, sent: string, from = "192.0.2.1") {
  let heard = "";
  const ended = Promise.withResolvers<string>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data: (_, data) => void (heard += data.toString()),
      close: () => ended.resolve(heard),
      error: () => ended.resolve(heard),
    },
  });
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nX-From: ${from}\r\nContent-Length: ${announced}\r\n\r\n${sent}`);
  return { socket, heard: () => heard, ended: ended.promise };
}

test("408 for a body that doesn't arrive in time, and the connection ends", async () => {
  const { port, thrown } = serve({ deadlineMs: 50 });
  const slow = await begin(port, 10, "abc");
  const answer = await slow.ended;
  expect(answer).toStartWith("HTTP/1.1 408 ");
  expect(answer).toMatch(/^connection: close\r$/im);
  expect(answer).toContain('"code":"request_timeout"');
  expect(thrown.map((err) => (err as Problem).status)).toEqual([408]);
});

test("503 where bodies that are on their way fill the room: of one address its share, of many all; small ones have their own", async () => {
  const { port, url, thrown } = serve({ deadlineMs: 60_000, roomBytes: 4 * MiB });
  const send = (bytes: number, from: string) =>
    fetch(url, { method: "POST", body: "x".repeat(bytes), headers: { "x-from": from } });
  const large = 64 * kiB + 1;
  const first = await begin(port, MiB, "x", "192.0.2.1");
  await until(async () => (await send(large, "192.0.2.1")).status === 503);
  expect((await send(large, "192.0.2.2")).status).toBe(200);
  expect((await send(64 * kiB, "192.0.2.1")).status).toBe(200);

  const others = await Promise.all([2, 3, 4].map((n) => begin(port, MiB, "x", `192.0.2.${n}`)));
  await until(async () => (await send(large, "192.0.2.5")).status === 503);
  const refused = await send(large, "192.0.2.6");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
  expect((await send(64 * kiB, "192.0.2.6")).status).toBe(200);

  // What has no length takes as much as has come, so that ten small ones of one address take next to nothing.
  const open = Array.from({ length: 10 }, () => new TransformStream<Uint8Array, Uint8Array>());
  const streams = open.map(({ readable }) => fetch(url, { method: "POST", body: readable }));
  const writers = open.map(({ writable }) => writable.getWriter());
  await Promise.all(writers.map((writer) => writer.write(new Uint8Array(10))));
  await Promise.all(writers.map((writer) => writer.close()));
  expect((await Promise.all(streams)).map(({ status }) => status)).toEqual(Array(10).fill(200));

  for (const { socket } of [first, ...others]) socket.end();
  await until(async () => (await send(MiB, "192.0.2.1")).status === 200);
  // Whoever is gone is the client's doing, and no fault of the service.
  expect(thrown.every((err) => err instanceof Problem && err.status !== 500)).toBe(true);
});

test("a body that comes too late, part by part, takes no room once it is refused", async () => {
  const { app } = serve({ deadlineMs: 20, roomBytes: 4 * kiB });
  const late = new TransformStream<Uint8Array, Uint8Array>();
  const writer = late.writable.getWriter();
  const answer = app.fetch(new Request("http://x/", { method: "POST", body: late.readable }));
  await writer.write(new Uint8Array(512));
  expect((await answer).status).toBe(408);
  // A part that the server had taken from the socket already, or one of a server that reads on.
  await writer.write(new Uint8Array(512)).catch(() => {});
  const whole = await app.fetch(new Request("http://x/", { method: "POST", body: "x".repeat(kiB) }));
  expect(whole.status).toBe(200);
});

test("413 at the first byte too many of a body without a length, and the rest is taken nowhere", async () => {
  const { url } = serve({});
  let made = 0;
  const endless = new ReadableStream({
    pull(controller) {
      made++;
      controller.enqueue(new Uint8Array(64 * kiB));
    },
  });
  const answer = await fetch(url, { method: "POST", body: endless });
  expect(answer.status).toBe(413);
  expect(made).toBeLessThan(1000);
});

test("a body arrives whole, by its length or without one", async () => {
  const { url } = serve({});
  for (const body of ["", "ä", "x".repeat(MiB)])
    for (const sent of [body, new Blob([body]).stream()]) {
      const answer = await fetch(url, { method: "POST", body: sent });
      expect([answer.status, await answer.text()]).toEqual([200, String(body.length)]);
    }
});
