import { expect, test } from "bun:test";
import { authRoutes } from "../../src/auth/mount/routes.ts";
import type { Statement } from "../../src/db/driver/connection.ts";
import { inSandbox } from "../harness/app.ts";
import { authRequests, openStage, sendTo, unreachable } from "./auth-requests.ts";

/** A statement that fails as every write does on a server that has become read-only. */
const failing: Statement = {
  text: "do $$ begin raise exception 'cannot execute in a read-only transaction' using errcode = '25006'; end $$",
  values: [],
  shape: "object",
};

test("every route has a valid request, or is known to have none", () => {
  expect([...Object.keys(authRequests), ...unreachable].toSorted()).toEqual(Object.keys(authRoutes).toSorted());
});

test("whichever statement of whichever route fails, the answer is no success; and without a failure it is one", async () => {
  let failAt = Infinity;
  let statements = 0;
  // What sends mail afterwards is no part of the request.
  let working = false;
  const intercept = (statement: Statement): Statement => (!working && ++statements === failAt ? failing : statement);
  await inSandbox(
    async (service) => {
      const { worker } = service.deps;
      const drain = worker.drain.bind(worker);
      worker.drain = () => ((working = true), drain().finally(() => (working = false)));
      const stage = await openStage(service);
      const faults: string[] = [];
      for (const [key, prepare] of Object.entries(authRequests)) {
        const request = await prepare(stage);
        for (failAt = 1; ; failAt++) {
          statements = 0;
          const { status } = await sendTo(key, request);
          const failed = statements >= failAt;
          if (failed && status < 500) faults.push(`${key}: ${status} although statement ${failAt} failed`);
          if (failed && failAt < 100) continue;
          failAt = Infinity;
          // What is used up by a try that fails, such as a code, is made anew.
          const last = status < 400 ? status : (await sendTo(key, await prepare(stage))).status;
          if (last >= 400) faults.push(`${key}: ${last} although no statement failed`);
          break;
        }
        failAt = Infinity;
      }
      expect(faults).toEqual([]);
    },
    { intercept },
  );
});
