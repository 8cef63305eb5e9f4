import { afterAll, beforeAll, expect } from "bun:test";
import { eq } from "drizzle-orm";
import { auditEvent, entitlement, menuItem, trail } from "../../src/schema.ts";
import type { Actor } from "../harness/actor.ts";
import type { Answer } from "../harness/answer.ts";
import { openService, type Service } from "../harness/app.ts";
import { reporting } from "../harness/reporting.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { modules } from "../harness/modules.ts";

let fresh: FreshDatabase;
let service: Service;
const test = reporting(() => service);
beforeAll(async () => {
  fresh = await freshDatabase();
  service = await openService({ database: fresh.database, modules });
});
afterAll(async () => {
  await service?.deps.close();
  await fresh?.dispose();
});

const make = async (who: Actor, path: string, body: object): Promise<string> => {
  const answer = await who.post(path, body);
  if (answer.status !== 201) throw new Error(answer.text);
  return (answer.body as { id: string }).id;
};

const statuses = (answers: Answer[]) => answers.map(({ status }) => status).toSorted((a, b) => a - b);

test("of two moves that together would make a circle one is refused, and the tree stays a tree", async () => {
  const { slug, id, owner } = await service.organization();
  const path = `/v1/orgs/${slug}/menu-items`;
  for (let round = 0; round < 10; round++) {
    const [a, b, c] = [
      await make(owner, path, { label: "A" }),
      await make(owner, path, { label: "B" }),
      await make(owner, path, { label: "C" }),
    ];
    const moves = [
      [a, b],
      [b, c],
      [c, a],
    ] as const;
    const answers = await Promise.all(moves.map(([item, parentId]) => owner.patch(`${path}/${item}`, { parentId })));
    expect(statuses(answers)).toEqual([200, 200, 422]);
    const rows = await fresh.database.db.select().from(menuItem).where(eq(menuItem.organizationId, id));
    const parents = new Map(rows.map((row) => [row.id, row.parentId]));
    const top = [a, b, c].filter((item) => parents.get(item) === null);
    expect(top).toHaveLength(1);
  }
});

test("of two entry points that are made at once one is refused", async () => {
  const { slug, owner } = await service.organization();
  const body = { label: "Start", url: "/", entryPoint: true };
  const answers = await Promise.all(Array.from({ length: 6 }, () => owner.post(`/v1/orgs/${slug}/menu-items`, body)));
  expect(statuses(answers)).toEqual([201, 409, 409, 409, 409, 409]);
});

test("of fifty visits kept none is too many, however many come at once", async () => {
  const { slug, owner } = await service.organization();
  await Promise.all(Array.from({ length: 70 }, (_, n) => owner.post(`/v1/orgs/${slug}/me/trail`, { url: `/${n}` })));
  expect(await fresh.database.db.$count(trail, eq(trail.userId, owner.userId))).toBe(50);
});

test("entitlements that are replaced at once end as one of the replacements, each told of the one before", async () => {
  const root = await service.signUp();
  await fresh.database.statement("", `update "user" set role = 'admin' where id = $1`, [root.userId]);
  const { slug, id } = await service.organization();
  const wanted = [["chat"], ["forecast"], ["chat", "forecast"], []];
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all(wanted.map((modules) => root.put(`/v1/orgs/${slug}/entitlements`, { modules })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  }
  const rows = await fresh.database.db.select().from(entitlement).where(eq(entitlement.organizationId, id));
  const events = await fresh.database.db
    .select()
    .from(auditEvent)
    .where(eq(auditEvent.entityId, id))
    .orderBy(auditEvent.createdAt, auditEvent.id);
  const steps = events
    .filter(({ action }) => action === "entitlement.updated")
    .map(({ changes }) => changes["modules"] as { from: string[]; to: string[] });
  // Each began where another had ended: read as a path, they lead from nothing to what there is now.
  const ends = [...steps.map(({ to }) => to.join()), ""].toSorted();
  const begins = [
    ...steps.map(({ from }) => from.join()),
    rows
      .map(({ module }) => module)
      .toSorted()
      .join(),
  ].toSorted();
  expect(begins).toEqual(ends);
});
