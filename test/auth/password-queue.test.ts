import { describe, expect, test } from "bun:test";
import type { AuthHandler } from "../../src/auth/handler.ts";
import { hashingRoutes, queuedHandler } from "../../src/auth/password-queue.ts";
import { inSandbox } from "../harness/app.ts";

const client = { address: "127.0.0.1", requestId: "request" };

/** A handler whose requests stay under way until they are let go, behind a queue. */
function queued(bounds: { atOnce: number; waiting: number }) {
  const underWay: { name: string; finish: (status?: number) => void; fail: () => void }[] = [];
  const handler: AuthHandler = (request) =>
    new Promise((resolve, reject) => {
      const finish = (status = 200) => resolve(new Response(null, { status }));
      underWay.push({ name: request.headers.get("name") ?? "", finish, fail: () => reject(new Error("failed")) });
    });
  const ask = queuedHandler(handler, bounds);
  const send = (name: string, path = "/sign-in/email", signal?: AbortSignal) =>
    ask(
      new Request(`http://localhost/api/auth${path}`, { method: "POST", headers: { name }, ...(signal && { signal }) }),
      client,
    );
  return { underWay, send, names: () => underWay.map(({ name }) => name) };
}

const turn = () => new Promise(setImmediate);

describe("requests that hash a password", () => {
  test("go on so many at once, and in the order they came", async () => {
    const { underWay, send, names } = queued({ atOnce: 2, waiting: 9 });
    const answers = ["a", "b", "c", "d"].map((name) => send(name));
    expect(names()).toEqual(["a", "b"]);
    underWay[1]?.finish();
    await answers[1];
    await turn();
    expect(names()).toEqual(["a", "b", "c"]);
    for (let next = 0; next < 4; next++) {
      underWay[next]?.finish();
      await turn();
    }
    expect(names()).toEqual(["a", "b", "c", "d"]);
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  test("503 with Retry-After for more than may wait, and nobody who waits is lost", async () => {
    const { underWay, send } = queued({ atOnce: 1, waiting: 1 });
    const [first, second] = [send("first"), send("second")];
    const refused = await send("third");
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("5");
    expect(await refused.json()).toMatchObject({ code: "OVERLOADED" });
    underWay[0]?.finish();
    expect((await first).status).toBe(200);
    await turn();
    underWay[1]?.finish();
    expect((await second).status).toBe(200);
  });

  test("one that fails makes room for the next", async () => {
    const { underWay, send, names } = queued({ atOnce: 1, waiting: 9 });
    const failing = send("first").catch(String);
    const second = send("second");
    underWay[0]?.fail();
    expect(await failing).toBe("Error: failed");
    await turn();
    expect(names()).toEqual(["first", "second"]);
    underWay[1]?.finish();
    expect((await second).status).toBe(200);
  });

  test("who hangs up while waiting is not hashed for", async () => {
    const { underWay, send, names } = queued({ atOnce: 1, waiting: 9 });
    const gone = new AbortController();
    const [, second, third] = [send("first"), send("second", "/sign-up/email", gone.signal), send("third")];
    gone.abort();
    underWay[0]?.finish();
    await second;
    await turn();
    expect(names()).toEqual(["first", "third"]);
    underWay[1]?.finish();
    expect((await third).status).toBe(200);
  });

  test("others don't wait behind them", async () => {
    const { underWay, send, names } = queued({ atOnce: 1, waiting: 9 });
    const [, other] = [send("first"), send("other", "/sign-out")];
    expect(names()).toEqual(["first", "other"]);
    underWay[1]?.finish();
    expect((await other).status).toBe(200);
  });

  test("are all of better-auth's that take one", () =>
    inSandbox(async ({ deps }) => {
      type Endpoint = { path?: string; options?: { body?: { shape?: object; def?: { left?: { shape?: object } } } } };
      const taking = Object.values(deps.auth.api as Record<string, Endpoint>).filter(({ options }) =>
        JSON.stringify(Object.keys(options?.body?.shape ?? {})).includes("assword"),
      );
      const paths = taking.flatMap(({ path }) => path ?? []);
      // Sign-up's body has no fixed shape.
      expect([...paths, "/sign-up/email"].toSorted()).toEqual([...hashingRoutes].toSorted());
    }));
});
