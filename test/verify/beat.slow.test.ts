import { expect, test } from "bun:test";
import { silentLog } from "../../src/ops/log.ts";
import { sharedBeats } from "../../src/verify/beat.ts";
import { openInvalidation } from "../../src/verify/invalidation.ts";
import { freshDatabase } from "../harness/database.ts";
import { betweenAsks } from "../harness/time.ts";

test("beats alone keep several replicas trusting, without an echo after their first", async () => {
  await using fresh = await freshDatabase();
  const { database } = fresh;
  const beats = sharedBeats(database);
  const heard: string[] = [];
  await using listening = new AsyncDisposableStack();
  const listener = await database.listen(
    "gatehouse",
    (payload) => void heard.push(payload),
    () => {},
  );
  listening.defer(() => listener.close());
  let echoes = 0;
  const replicas = Array.from({ length: 3 }, () =>
    openInvalidation({
      listen: (channel, hear, lost) => database.listen(channel, hear, lost),
      announce: async (channel, payload) => {
        echoes++;
        await database.statement("", "select pg_notify($1, $2)", [channel, payload]);
      },
      beats,
      drop: () => {},
      clear: () => {},
      log: silentLog,
    }),
  );
  for (const replica of replicas) while (!replica.trusted()) await betweenAsks(5);
  // Ten beats take longer than an echo is believed.
  for (const before = heard.length; heard.length < before + 10;) await betweenAsks(20);
  for (const replica of replicas) while (!replica.trusted()) await betweenAsks(5);
  expect(echoes).toBe(3);
  await Promise.all(replicas.map((replica) => replica.close()));
});
