import { expect, test } from "bun:test";
import { z } from "zod";
import {
  type Change,
  created,
  type Demands,
  deleted,
  type Hold,
  openScope,
  unrecorded,
  updated,
} from "../../src/core/scope.ts";
import { etag } from "../../src/core/version.ts";
import { auditEvent } from "../../src/schema.ts";
import { inSandbox } from "../harness/app.ts";

const Thing = z.object({ id: z.string(), name: z.string() });
const thing = { id: "1", name: "before", ownerId: "ada" };
const changed = { ...thing, name: "after" };

type Write = (hold: Hold) => Change<unknown>;

const actor = { type: "user", id: "ada", impersonatorId: null } as const;
const origin = { requestId: null, ipAddress: null, userAgent: null };
const bounds = { organizationId: null, userId: "ada" };

/** What became of a write under these demands: how many events were recorded, or the status or message it failed with. */
async function mutated(demands: Demands, write: Write): Promise<unknown> {
  let outcome: unknown;
  await inSandbox(async ({ deps, database }) => {
    const before = await database.db.$count(auditEvent);
    const failed = await openScope(deps, actor, origin, bounds, demands)
      .mutate("project.updated", async (_, hold) => write(hold))
      .then(
        () => null,
        (err: { status?: number; message: string }) => err.status ?? err.message,
      );
    const recorded = (await database.db.$count(auditEvent)) - before;
    outcome = failed === null ? recorded : recorded > 0 ? `recorded in spite of ${failed}` : failed;
  });
  return outcome;
}

const update: Write = (hold) => updated(hold(thing, Thing, [thing.ownerId]), changed);
const remove: Write = (hold) => deleted(hold(thing, Thing, [thing.ownerId]));
const own = (userId: string): Demands => ({ ownOnly: { permission: "thing:update", userId } });
const unheld = expect.stringContaining("wasn't held");

test("a change of a row that wasn't held is an error, whatever the request demands, and isn't recorded", async () => {
  for (const demands of [{}, { expected: etag(Thing.parse(thing)) }, own("ada")]) {
    expect(await mutated(demands, () => updated(thing as never, changed))).toEqual(unheld);
    expect(await mutated(demands, () => deleted(thing as never))).toEqual(unheld);
  }
});

test("a write that nobody held is an error where the caller may change their own rows only", async () => {
  expect(await mutated(own("ada"), () => created(thing))).toEqual(unheld);
  expect(await mutated(own("ada"), () => unrecorded(thing))).toEqual(unheld);
});

test("403 for others' rows before 412 for another version; what is held and fits is recorded", async () => {
  for (const write of [update, remove]) {
    expect(await mutated({}, write)).toBe(1);
    expect(await mutated(own("ada"), write)).toBe(1);
    expect(await mutated({ ...own("bob"), expected: '"another"' }, write)).toBe(403);
    expect(await mutated({ ...own("ada"), expected: '"another"' }, write)).toBe(412);
    expect(await mutated({ expected: etag(Thing.parse(thing)) }, write)).toBe(1);
  }
});

test("nothing is recorded where nothing differs, nor for what is unrecorded", async () => {
  expect(await mutated({}, (hold) => updated(hold(thing, Thing), { ...thing }))).toBe(0);
  expect(await mutated({}, () => unrecorded(thing))).toBe(0);
  expect(await mutated({ expected: '"another"' }, () => created(thing))).toBe(1);
});
