import { describe, expect, test } from "bun:test";
import type { Actor } from "../../../harness/actor.ts";
import type { Answer } from "../../../harness/answer.ts";
import { inSandbox, type Organization, type Service } from "../../../harness/app.ts";
import { holder, makeKey } from "../../../harness/keys.ts";

const idIn = (answer: Answer) => (answer.body as { id: string }).id;

type Given = Service & Organization & { projects: string; tasks: string; own: Actor };

/** Somebody whose role lets them make projects and tasks, and change and delete their own only. */
const withOwn = (test: (given: Given) => Promise<void>): Promise<void> =>
  inSandbox(async (service) => {
    const organization = await service.organization();
    const { id, owner, join } = organization;
    const projects = `/v1/orgs/${id}/projects`;
    const permissions = [
      ...["project:create", "project:read", "task:create", "task:read"].map((permission) => ({ permission })),
      ...["project:update", "project:delete", "task:update", "task:delete"].map((permission) => ({
        permission,
        scope: "own",
      })),
    ];
    await owner.post(`/v1/orgs/${id}/roles`, { name: "author", permissions });
    const tasks = `${projects}/${idIn(await owner.post(projects, { name: "Apollo" }))}/tasks`;
    await test({ ...service, ...organization, projects, tasks, own: await join("author") });
  });

describe("own reach", () => {
  test("tasks: 200 for those that one made or is assigned, 403 that names the permission for others'", () =>
    withOwn(async ({ owner, own, tasks }) => {
      const mine = idIn(await own.post(tasks, { title: "mine" }));
      const assigned = idIn(await owner.post(tasks, { title: "assigned", assigneeId: own.userId }));
      const others = idIn(await owner.post(tasks, { title: "others'" }));
      for (const id of [mine, assigned]) {
        expect((await own.patch(`${tasks}/${id}`, { title: "changed" })).status).toBe(200);
        expect((await own.delete(`${tasks}/${id}`)).status).toBe(204);
        expect((await own.post(`${tasks}/${id}/restore`)).status).toBe(200);
      }
      const refused = await own.patch(`${tasks}/${others}`, { title: "changed" });
      expect(refused.status).toBe(403);
      expect(refused.body).toMatchObject({ code: "forbidden", detail: expect.stringContaining("task:update") });
      expect((await own.delete(`${tasks}/${others}`)).status).toBe(403);
      await owner.delete(`${tasks}/${others}`);
      expect((await own.post(`${tasks}/${others}/restore`)).status).toBe(403);
      expect((await own.get(`${tasks}?deleted=include`)).status).toBe(403);
      await owner.patch(`${tasks}/${assigned}`, { assigneeId: null });
      expect((await own.patch(`${tasks}/${assigned}`, { title: "again" })).status).toBe(403);
      expect((await owner.patch(`${tasks}/${mine}`, { title: "the owner's too" })).status).toBe(200);
    }));

  test("projects: 200 for those that one owns, 403 for others'; what has no owner is nobody's own", () =>
    withOwn(async ({ owner, own, projects, database }) => {
      const mine = idIn(await own.post(projects, { name: "Mine" }));
      const others = idIn(await owner.post(projects, { name: "Others'" }));
      expect((await own.patch(`${projects}/${mine}`, { name: "Mine still" })).status).toBe(200);
      expect((await own.delete(`${projects}/${mine}`)).status).toBe(204);
      expect((await own.post(`${projects}/${mine}/restore`)).status).toBe(200);
      expect((await own.patch(`${projects}/${others}`, { name: "Taken" })).status).toBe(403);
      expect((await own.delete(`${projects}/${others}`)).status).toBe(403);
      await database.statement("", `update project set owner_id = null where id = $1`, [mine]);
      expect((await own.patch(`${projects}/${mine}`, { name: "Nobody's" })).status).toBe(403);
    }));

  test("404 before 403 for what isn't there, and 403 where own is no reach of the operation", () =>
    withOwn(async ({ own, id, owner, projects, tasks, join }) => {
      expect((await own.patch(`${tasks}/01990000-0000-7000-8000-000000000000`, { title: "x" })).status).toBe(404);
      const permissions = [{ permission: "member:update", scope: "own" }];
      await owner.post(`/v1/orgs/${id}/roles`, { name: "odd", permissions });
      const odd = await join("odd");
      expect((await odd.patch(`/v1/orgs/${id}/members/me`, { role: "admin" })).status).toBe(403);
      expect((await odd.get(projects)).status).toBe(403);
    }));

  test("an API key of who holds a permission for their own only doesn't hold it", () =>
    withOwn(async (given) => {
      const { id, owner, own, tasks } = given;
      const name = "keymaker";
      await owner.post(`/v1/orgs/${id}/roles`, { name, permissions: [{ permission: "apiKey:create" }] });
      const me = await own.get(`/v1/orgs/${id}/members`);
      expect(me.status).toBe(403);
      const members = (await owner.get(`/v1/orgs/${id}/members`)).body as { data: { id: string; userId: string }[] };
      const memberId = members.data.find(({ userId }) => userId === own.userId)?.id;
      await owner.patch(`/v1/orgs/${id}/members/${memberId}`, { role: "author,keymaker" });
      const refused = await own.post(`/v1/orgs/${id}/api-keys`, { name: "k", permissions: ["task:update"] });
      expect([refused.status, (refused.body as { code: string }).code]).toEqual([403, "permission_beyond_yours"]);
      const key = holder(given, (await makeKey(given, { permissions: ["task:create"] }, own)).key);
      const made = idIn(await key.post(tasks, { title: "by a key" }));
      expect((await key.patch(`${tasks}/${made}`, { title: "x" })).status).toBe(403);
    }));
});
