import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { listen } from "../../src/db/listen.ts";
import { type FreshDatabase, freshDatabase } from "../harness/database.ts";
import { openValve, type Valve } from "../harness/valve.ts";

// Processes and databases start here, on machines that are shared.
setDefaultTimeout(60_000);

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
  async function ear(through: { listening?: true; statements?: true } = {}, elsewhere?: string) {
    const url = (valved?: true) => (valved ? valve.url : (fresh.url ?? ""));
    const heard: string[] = [];
    const lost = Promise.withResolvers<void>();
    const listener = await listen(
      { listening: url(through.listening), statements: elsewhere ?? url(through.statements) },
      "test_listen",
      (payload) => void heard.push(payload),
      () => lost.resolve(),
    );
    return { listener, heard, lost: lost.promise };
  }

  const until = async (holds: () => boolean) => {
    for (const deadline = Date.now() + 5_000; !holds(); await Bun.sleep(2))
      if (Date.now() > deadline) throw new Error("it didn't come about within 5 s");
  };
  const say = (payload: string) =>
    fresh.database.statement("test_say", "select pg_notify('test_listen', $1)", [payload]);

  test("hears commits in their order, and itself among them", async () => {
    const { listener, heard } = await ear();
    await say("one");
    await listener.notify("two");
    await say("three");
    await until(() => heard.length === 3);
    expect(heard).toEqual(["one", "two", "three"]);
    await listener.close();
  });

  test("two of them hear one another", async () => {
    const [a, b] = [await ear(), await ear()];
    await a.listener.notify("from a");
    await b.listener.notify("from b");
    await until(() => a.heard.length === 2 && b.heard.length === 2);
    expect(a.heard).toEqual(b.heard);
    await Promise.all([a.listener.close(), b.listener.close()]);
  });

  test("a beat takes the way of the statements: listening to another database, it isn't heard", async () => {
    await using other = await freshDatabase();
    const { listener, heard } = await ear({}, other.url);
    await listener.notify("said there");
    await say("said here");
    await until(() => heard.length === 1);
    expect(heard).toEqual(["said here"]);
    await listener.close();
  });

  test("a cut connection is told once, and a beat over it rejects", async () => {
    const { listener, lost } = await ear({ listening: true });
    valve.cut();
    await lost;
    expect(await listener.notify("x").catch((err: unknown) => err)).toBeInstanceOf(Error);
    await listener.close();
  });

  test("a server that falls silent: the beat rejects after two seconds, and closing doesn't wait for it", async () => {
    const { listener, lost } = await ear({ listening: true, statements: true });
    const idle = await ear({ listening: true });
    valve.shut();
    const started = performance.now();
    const refused = listener.notify("x").catch((err: unknown) => err);
    await idle.listener.close();
    expect(performance.now() - started).toBeLessThan(1_500);
    await lost;
    expect(await refused).toBeInstanceOf(Error);
    expect(performance.now() - started).toBeLessThan(3_500);
    await listener.close();
    valve.open();
  });

  test("a server that never greets is given up after two seconds", async () => {
    valve.shut();
    const started = performance.now();
    expect(await ear({ listening: true }).catch((err: unknown) => err)).toBeInstanceOf(Error);
    expect(performance.now() - started).toBeLessThan(3_500);
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
      { listening: lying.url, statements: lying.url },
      "test_listen",
      () => {},
      () => {},
    );
    expect(await opening.catch((err: Error) => err.message)).toContain("DATABASE_DIRECT_URL");
  });
});
