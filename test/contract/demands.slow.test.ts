import { expect, test } from "bun:test";
import type { Actor } from "../harness/actor.ts";
import { inSandbox } from "../harness/app.ts";
import { allowed } from "./allowed.ts";
import { ask } from "./answers.ts";
import { filled, notProblem, type Operation, operations, organizationOperations } from "./document.ts";
import { Faults } from "./faults.ts";
import { sampleInit } from "./samples.ts";
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
    found.push(await ask(who, operation, path, sampleInit(operation, headers)));
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

/** The operation that changes what is at a path, or where an administrator changes what they read elsewhere. */
const changing = (path: string): { change: Operation; at: string } | undefined =>
  [path, path.replace("/v1/admin/orgs/", "/v1/orgs/")]
    .flatMap((at) =>
      operations
        .filter(({ method }) => /^(PATCH|PUT|DELETE)$/.test(method))
        .filter((change) => new RegExp(`^${change.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(at))
        .map((change) => ({ change, at })),
    )
    .toSorted((a, b) => (a.change.method > b.change.method ? -1 : 1))[0];

test("an ETag is the version that the next change may name, or that If-None-Match may, and nothing else has one", async () => {
  const faults = new Faults();
  const versioned = operations.filter(({ responses }) =>
    Object.entries(responses).some(([status, { headers = {} }]) => status < "300" && "ETag" in headers),
  );
  expect(versioned.length).toBeGreaterThan(30);
  for (const operation of versioned)
    await inSandbox(async (service) => {
      const { who, org, rows } = await allowed(service, operation);
      const includes = (operation.parameters ?? []).filter(({ name }) => name === "include");
      const words = includes
        .flatMap(({ schema }) => schema?.enum ?? ["owner"])
        .filter((word) => typeof word === "string");
      for (const query of ["", ...words.map((word) => `?include=${word}`)]) {
        const [answer, path] = await succeeding(who, operation, org, rows, query);
        const shown = answer.headers.get("location") ?? path.replace(operation.method === "POST" ? /\/[^/]+$/ : "", "");
        const next = changing(shown);
        if (next === undefined && operation.responses["304"] === undefined)
          faults.add(operation, "who may", "has an ETag, and nothing takes it");
        if (next === undefined) continue;
        const named = { "if-match": answer.headers.get("etag") ?? "" };
        const changed = await ask(who, next.change, next.at, sampleInit(next.change, named));
        if (changed.status === 412) faults.add(operation, `then ${next.change.name} ${query}`, changed.text);
      }
    });
  faults.none();
});

/** The first success of the ways to name rows, and the path that it was asked at. */
async function succeeding(who: Actor, operation: Operation, org: string, rows: Rows, query: string) {
  for (const values of fillings(operation.path, operation.params, rows)) {
    const path = filled(operation.path, { org, ...values });
    const answer = await ask(who, operation, `${path}${query}`, sampleInit(operation));
    if (answer.status < 300) return [answer, path] as const;
  }
  throw new Error(`${operation.name} has no success`);
}
