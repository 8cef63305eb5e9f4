import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { listen } from "../../../src/db/driver/listen.ts";
import { freshDatabase } from "../../harness/database.ts";
import type { FreshDatabase } from "../../harness/fresh-database.ts";
import { until } from "../../harness/time.ts";
import { openValve, type Valve } from "../../harness/valve.ts";

const server = process.env["TEST_DATABASE_URL"];
if (!server) console.warn("skipped: LISTEN over a connection of its own, since TEST_DATABASE_URL isn't set");

describe.skipIf(!server)("the listening connection", () => {
  let fresh: FreshDatabase;
  let valve: Valve;
  beforeAll(async () => {
    fresh = await freshDatabase();
    valve = await openValve(fresh.url ?? "");
  });
  afterAll(async () => {
    await valve[Symbol.asyncDispose]();
    await fresh.dispose();
  });

  /** Listens, through the valve where `through` says so, and keeps what it hears. */
  async function hearing(through: "valve" | "directly" = "directly") {
    const heard: string[] = [];
    const lost = Promise.withResolvers<void>();
    const listener = await listen(
      through === "valve" ? valve.url : (fresh.url ?? ""),
      "test_listen",
      (payload) => void heard.push(payload),
      () => lost.resolve(),
    );
    const notify = (payload: string) => listener.query("select pg_notify('test_listen', $1)", [payload]);
    return { listener, notify, heard, lost: lost.promise };
  }

  const say = (payload: string) => fresh.database.statement("", "select pg_notify('test_listen', $1)", [payload]);

  test("hears commits in their order, and itself among them", async () => {
    const { listener, notify, heard } = await hearing();
    await say("one");
    await notify("two");
    await say("three");
    await until(() => heard.length === 3);
    expect(heard).toEqual(["one", "two", "three"]);
    await listener.close();
  });

  test("two of them hear one another", async () => {
    const [a, b] = [await hearing(), await hearing()];
    await a.notify("from a");
    await b.notify("from b");
    await until(() => a.heard.length === 2 && b.heard.length === 2);
    expect(a.heard).toEqual(b.heard);
    await Promise.all([a.listener.close(), b.listener.close()]);
  });

  test("what the server refuses leaves it open", async () => {
    const { listener, notify, heard } = await hearing();
    expect(await listener.query("select nothing", []).catch((err: Error) => err.message)).toContain("nothing");
    await notify("still here");
    await until(() => heard.length === 1);
    await listener.close();
  });

  test("a cut connection is reported once, and a statement over it rejects", async () => {
    const { listener, notify, lost } = await hearing("valve");
    valve.cut();
    await lost;
    expect(await notify("x").catch((err: unknown) => err)).toBeInstanceOf(Error);
    await listener.close();
  });

  test("a server that falls silent: a statement rejects, and closing doesn't wait for an answer", async () => {
    const { listener, notify, lost } = await hearing("valve");
    const idle = await hearing("valve");
    valve.shut();
    const refused = notify("x").catch((err: unknown) => err);
    await idle.listener.close();
    await lost;
    expect(await refused).toBeInstanceOf(Error);
    await listener.close();
    valve.open();
  });

  test("a server that never greets is given up", async () => {
    valve.shut();
    expect(await hearing("valve").catch((err: unknown) => err)).toBeInstanceOf(Error);
    valve.open();
  });

  test("a pooler is refused, since it would lose notifications without a sign", async () => {
    // What tells a pooler is that the number it greets with isn't the server process's.
    await using lying = await openValve(fresh.url ?? "", (chunk) => {
      const at = chunk.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
      if (at !== -1) chunk.writeInt32BE(4_242, at + 5);
      return chunk;
    });
    const opening = listen(
      lying.url,
      "test_listen",
      () => {},
      () => {},
    );
    expect(await opening.catch((err: Error) => err.message)).toContain("DATABASE_DIRECT_URL");
  });
});
