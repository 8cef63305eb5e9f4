import { expect, test } from "bun:test";
import { openLimiter } from "../../src/limits/limiter.ts";
import { silentLog } from "../../src/ops/log.ts";
import { testDatabase } from "../harness/database.ts";

test("a flood of other counters doesn't make a process forget failed sign-ins", async () => {
  const limiter = openLimiter({ database: await testDatabase(), clock: () => new Date(0), log: silentLog }, undefined);
  const signIn = { name: "sign-in", points: 10, seconds: 900, local: true };
  const other = { name: "forged", points: 100, seconds: 60, local: true };
  for (let n = 0; n < 10; n++) await limiter.count(signIn, "somebody");
  for (let n = 0; n < 110_000; n++) await limiter.count(other, `address ${n}`);
  expect((await limiter.count(signIn, "somebody")).allowed).toBe(false);
  await limiter.close();
});
