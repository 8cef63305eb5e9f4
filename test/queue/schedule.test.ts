import { expect, test } from "bun:test";
import { startMaintenance } from "../../src/queue/schedule.ts";
import { inSandbox } from "../harness/app.ts";
import { until } from "../harness/time.ts";

test("maintenance runs again and again, also after a failed run, until it is stopped", () =>
  inSandbox(async ({ deps, logs }) => {
    let calls = 0;
    const clock = () => {
      if (++calls === 2) throw new Error("the clock is broken");
      return deps.clock();
    };
    const runs = () => logs.filter((line) => line.includes('"maintenance"')).length;
    const failures = () => logs.filter((line) => line.includes("maintenance failed")).length;
    const maintenance = startMaintenance({ ...deps, clock }, 5);
    await until(() => runs() >= 2 && failures() === 1);
    await maintenance.stop();
    const before = calls;
    let later = 0;
    const other = startMaintenance({ ...deps, clock: () => (later++, deps.clock()) }, 5);
    await until(() => later >= 6);
    await other.stop();
    expect(calls).toBe(before);
  }));
