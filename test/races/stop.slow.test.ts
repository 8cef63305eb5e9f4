import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { everyPage } from "../harness/answer.ts";
import { openPlace, type Place } from "../harness/place.ts";
import { type ServiceProcess, startService } from "../harness/process.ts";
import { password, send, visitor } from "../harness/visitor.ts";

let place: Place;

beforeAll(async () => {
  place = await openPlace();
});

afterAll(() => place[Symbol.asyncDispose]());

const start = () => startService({ env: { ...place.env } });

/** Somebody with an organization to write into. */
async function writer(service: ServiceProcess) {
  const who = await visitor(service.url);
  const slug = `org-${Bun.randomUUIDv7().slice(-12)}`;
  const created = await who.send("POST", "/v1/orgs", { name: "Organization", slug });
  expect(created.status).toBe(201);
  return { who, projects: `/v1/orgs/${slug}/projects` };
}

describe("kill -9 while writing", () => {
  test("every acknowledged row is there after the next start, and the next writes go through", async () => {
    const acknowledged: string[] = [];
    let service = await start();
    const { who, projects } = await writer(service);
    await Promise.all(
      Array.from({ length: 8 }, async (_, worker) => {
        for (let n = 0; ; n++) {
          const answer = await who.send("POST", projects, { name: `Project ${worker} ${n}` }).catch(() => null);
          if (answer === null) return;
          expect(answer.status).toBe(201);
          acknowledged.push((answer.body as { id: string }).id);
          if (acknowledged.length === 200) service.signal("SIGKILL");
        }
      }),
    );
    expect(await service.exited).toBeNull();
    expect(acknowledged.length).toBeGreaterThanOrEqual(200);

    await using next = await start();
    service = next;
    const signedIn = await send(next.url, "", "POST", "/api/auth/sign-in/email", { email: who.email, password });
    const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const get = (path: string) => send(next.url, cookie, "GET", path);
    const found = new Set((await everyPage<{ id: string }>({ get }, projects, 100)).map(({ id }) => id));
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
    expect((await send(next.url, cookie, "POST", projects, { name: "After" })).status).toBe(201);
  });
});

describe("SIGTERM under load", () => {
  test("every request in flight gets its 200, kept connections are told to close, and it exits 0", async () => {
    const service = await start();
    const who = await visitor(service.url);
    const statuses: number[] = [];
    const begun = Promise.withResolvers<void>();
    const readers = Array.from({ length: 16 }, async () => {
      for (;;) {
        const { status, headers } = await who.send("GET", "/api/auth/get-session");
        statuses.push(status);
        if (statuses.length > 200) begun.resolve();
        if (headers.get("connection") === "close") return;
      }
    });
    await begun.promise;
    // Slow ones: each takes a password hash, and they queue for two threads.
    const signingIn = Array.from({ length: 12 }, () =>
      send(service.url, "", "POST", "/api/auth/sign-in/email", { email: who.email, password }),
    );
    service.signal("SIGTERM");
    await Promise.all(readers);
    const signedIn = await Promise.all(signingIn);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(signedIn.map(({ status }) => status)).toEqual(Array(12).fill(200));
    expect(await service.exited).toBe(0);
    expect(service.output()).not.toContain("cut off");
  });

  test("connections that are kept open and idle, or half through a request's head, don't hold it open", async () => {
    const service = await start();
    const opened = ["GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /livez HTTP/1.1\r\nHost:", ""].map(
      (text) => ({ text, closed: Promise.withResolvers<void>(), heard: Promise.withResolvers<void>() }),
    );
    for (const { text, closed, heard } of opened) {
      const socket = connect(service.port, "127.0.0.1");
      socket.on("data", () => heard.resolve()).on("close", () => closed.resolve());
      socket.on("connect", () => socket.write(text, () => text.endsWith("\r\n") || heard.resolve()));
    }
    await Promise.all(opened.map(({ heard }) => heard.promise));
    expect(await service.stop()).toBe(0);
    expect(service.output()).not.toContain("cut off");
    // The kernel keeps a connection on which nothing was ever sent to itself.
    await Promise.all(opened.filter(({ text }) => text !== "").map(({ closed }) => closed.promise));
  });
});
