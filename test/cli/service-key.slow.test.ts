import { afterAll, beforeAll, expect, test } from "bun:test";
import { generateApiKey, hashApiKey } from "../../src/core/api-key.ts";
import { auditEvent, organization } from "../../src/schema.ts";
import { openService } from "../harness/app.ts";
import { holder } from "../harness/keys.ts";
import { openPlace, type Place } from "../harness/place.ts";
import { runCommand } from "../harness/process.ts";

let place: Place;
beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place[Symbol.asyncDispose]());

const serviceKey = (...args: string[]) =>
  runCommand(["service-key", ...args], { cwd: place.directory, env: place.env });

test("a key is shown once and alone, works until it is revoked, and both are in history as the system's", async () => {
  const made = await serviceKey("create", "--name", "billing");
  expect(made.code).toBe(0);
  const key = made.out.trim();
  expect(key).toMatch(/^gh_[0-9A-Za-z]{49}$/);
  expect(made.err).not.toContain(key);
  const shown = (await serviceKey("list")).out;
  const [id = "", ...rest] = shown.trim().split("  ");
  expect(rest).toEqual([key.slice(0, 8), "platform", "never used", "token:introspect", "billing"]);
  expect(shown).not.toContain(key);

  const asked = () =>
    place.database(async (database) => {
      const service = await openService({ database });
      const answer = await holder(service, key).post("/v1/introspect", { token: generateApiKey() });
      await service.deps.close();
      return answer.status;
    });
  expect(await asked()).toBe(200);
  expect((await serviceKey("revoke", id)).code).toBe(0);
  expect(await asked()).toBe(401);
  await place.database(async ({ db }) => {
    const events = await db.select().from(auditEvent);
    expect(events.map(({ action, actorType, organizationId }) => [action, actorType, organizationId])).toEqual([
      ["apiKey.created", "system", null],
      ["apiKey.deleted", "system", null],
    ]);
    expect(JSON.stringify(events)).not.toContain(hashApiKey(key));
  });
});

test("a key is bound to the organization that is named, whose history tells of it", async () => {
  const id = Bun.randomUUIDv7();
  await place.database(({ db }) =>
    db.insert(organization).values({ id, name: "Acme", slug: "acme", createdAt: new Date() }),
  );
  const permissions = ["--permission", "token:introspect", "--permission", "project:read"];
  expect((await serviceKey("create", "--name", "gateway", "--org", "acme", ...permissions)).code).toBe(0);
  const keys = JSON.parse((await serviceKey("list", "--json")).out) as object[];
  expect(keys).toMatchObject([
    { name: "gateway", organizationId: id, permissions: ["project:read", "token:introspect"] },
  ]);
  await place.database(async ({ db }) => {
    const events = await db.select().from(auditEvent);
    expect(events.filter(({ organizationId }) => organizationId === id).length).toBe(1);
  });
});

test("exits with 1 for an organization, a permission or a key that there isn't, with 2 for wrong usage", async () => {
  for (const [args, why] of [
    [["create", "--name", "x", "--org", "nowhere"], "no organization nowhere"],
    [["create", "--name", "x", "--permission", "project:*"], "no permission project:*"],
    [["revoke", "nothing"], "no service key nothing"],
  ] as const) {
    const { code, err, out } = await serviceKey(...args);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(why);
  }
  expect((await serviceKey("create")).code).toBe(2);
});
