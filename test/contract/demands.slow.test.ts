import { expect, test } from "bun:test";
import type { Actor } from "../harness/actor.ts";
import { inSandbox } from "../harness/app.ts";
import { allowed } from "./allowed.ts";
import { ask } from "./answers.ts";
import { filled, notProblem, type Operation, operations, organizationOperations } from "./document.ts";
import { Faults } from "./faults.ts";
import { sampleBody } from "./samples.ts";
import { contentsOf, fillings, openWorld, type Rows } from "./world.ts";

const ownOperations = organizationOperations.flatMap((operation) =>
  operation.access.kind === "organization" && operation.access.reach === "own"
    ? [{ operation, permission: operation.access.permission }]
    : [],
);

/** What is answered for each way to name rows, with what the operation accepts. */
async function answers(
  who: Actor,
  operation: Operation,
  org: string,
  rows: Rows,
  headers: Record<string, string> = {},
) {
  const found = [];
  for (const values of fillings(operation.path, operation.params, rows)) {
    const path = filled(operation.path, { org, ...values });
    const json = operation.body ? { "content-type": "application/json" } : {};
    const body = operation.body ? { body: JSON.stringify(sampleBody(operation)) } : {};
    found.push(await ask(who, operation, path, { headers: { ...headers, ...json }, ...body }));
  }
  return found;
}

test("403 that names the permission, for others' rows where it is held for one's own, and they stay", () =>
  inSandbox(async (service) => {
    const faults = new Faults();
    const { a, owner, rowsOfA } = await openWorld(service);
    const permissions = [...new Set(ownOperations.map(({ permission }) => permission))];
    const role = {
      name: "own-only",
      permissions: permissions.map((permission) => ({ permission, scope: "own" })),
    };
    expect((await owner.post(`/v1/orgs/${a.id}/roles`, role)).status).toBe(201);
    const someone = await a.join("own-only");
    const before = await contentsOf(service, a.id);
    for (const { operation, permission } of ownOperations) {
      const found = await answers(someone, operation, a.id, rowsOfA);
      const refused = found.filter(({ status }) => status !== 404);
      if (refused.length === 0) faults.add(operation, "somebody else", "is 404 for every row");
      for (const answer of refused) {
        faults.add(operation, "somebody else", notProblem(answer, 403, "forbidden"));
        if (!answer.text.includes(permission)) faults.add(operation, "somebody else", `doesn't name ${permission}`);
      }
    }
    faults.none();
    expect(ownOperations.length).toBeGreaterThan(3);
    expect(await contentsOf(service, a.id)).toEqual(before);
  }));

test("412 for another version, on every operation that changes or deletes what is there, and nothing is changed", async () => {
  const faults = new Faults();
  for (const operation of operations.filter(({ method }) => /^(PATCH|PUT|DELETE)$/.test(method)))
    await inSandbox(async (service) => {
      const { who, org, rows } = await allowed(service, operation);
      const before = await contentsOf(service, org);
      const found = await answers(who, operation, org, rows, { "if-match": '"another-version"' });
      const refused = found.filter(({ status }) => status !== 404);
      if (refused.length === 0) faults.add(operation, "who may", `is 404 for every row: ${found[0]?.text}`);
      for (const answer of refused) faults.add(operation, "who may", notProblem(answer, 412, "precondition_failed"));
      if (!Bun.deepEquals(await contentsOf(service, org), before))
        faults.add(operation, "who may", "changed something");
    });
  faults.none();
});

test("412 for another version, where a POST holds a row to it, and it says so", async () => {
  const faults = new Faults();
  let held = 0;
  const posts = operations.filter(({ method, params }) => method === "POST" && params.some((name) => name !== "org"));
  for (const operation of posts)
    await inSandbox(async (service) => {
      const { who, org, rows } = await allowed(service, operation);
      const found = await answers(who, operation, org, rows, { "if-match": '"another-version"' });
      const refused = found.some(({ status }) => status === 412);
      if ("412" in operation.responses && !refused)
        faults.add(operation, "who may", "declares 412 and looks at no version");
      if (refused) held++;
    });
  faults.none();
  expect(held).toBeGreaterThan(3);
});
