import { describe, expect, test } from "bun:test";
import { everyPage } from "../../../harness/answer.ts";
import { inSandbox, type Organization, type Service } from "../../../harness/app.ts";

type Item = { type: string; id: string; name: string; projectId: string | null; deletedBy: object | null };
type Page = { data: Item[]; nextCursor: string | null };

type Given = Service & Organization & { projects: string; trash: string; project: (name: string) => Promise<string> };

async function inOrganization(test: (given: Given) => Promise<void>): Promise<void> {
  await inSandbox(async (service) => {
    const organization = await service.organization();
    const [projects, trash] = [`/v1/orgs/${organization.id}/projects`, `/v1/orgs/${organization.id}/trash`];
    const project = async (name: string) =>
      ((await organization.owner.post(projects, { name })).body as { id: string }).id;
    await test({ ...service, ...organization, projects, trash, project });
  });
}

/** Three projects and three tasks, deleted in turn: the names, last deleted first. */
async function fill({ owner, projects, project, clock }: Given): Promise<string[]> {
  const keep = await project("Kept");
  const names: string[] = [];
  for (const n of [1, 2, 3]) {
    const tasks = `${projects}/${keep}/tasks`;
    const { id } = (await owner.post(tasks, { title: `Task ${n}` })).body as { id: string };
    for (const [name, at] of [
      [`Project ${n}`, `${projects}/${await project(`Project ${n}`)}`],
      [`Task ${n}`, `${tasks}/${id}`],
    ] as const) {
      clock.advance(1000);
      expect((await owner.delete(at)).status).toBe(204);
      names.unshift(name);
    }
  }
  return names;
}

describe("GET /trash", () => {
  test("200 with projects and tasks, last deleted first, with who deleted them", () =>
    inOrganization(async (given) => {
      const names = await fill(given);
      const { owner, trash } = given;
      const { data, nextCursor } = (await owner.get(trash)).body as Page;
      expect(data.map(({ name }) => name)).toEqual(names);
      expect(nextCursor).toBeNull();
      expect(data[0]).toEqual({
        type: "task",
        id: expect.any(String),
        name: "Task 3",
        projectId: expect.any(String),
        deletedAt: expect.stringMatching(/Z$/),
        deletedBy: { id: owner.userId, name: owner.name },
      } as never);
      expect(data[1]).toMatchObject({ type: "project", name: "Project 3", projectId: null });
    }));

  test("200 page by page, each once, whatever a page's length", () =>
    inOrganization(async (given) => {
      const names = await fill(given);
      for (const limit of [1, 2, 4, 6]) {
        const found = await everyPage<Item>(given.owner, given.trash, limit);
        expect(found.map(({ name }) => name)).toEqual(names);
      }
      expect((await given.owner.get(`${given.trash}?cursor=x`)).status).toBe(422);
      expect((await given.owner.get(`${given.trash}?limit=0`)).status).toBe(422);
    }));

  test("200 and empty for another organization; 404 for a stranger; 403 for a member and a viewer", () =>
    inOrganization(async (given) => {
      await fill(given);
      const other = await given.organization();
      expect((await other.owner.get(`/v1/orgs/${other.id}/trash`)).body).toEqual({
        data: [],
        nextCursor: null,
      } as never);
      expect((await other.owner.get(given.trash)).status).toBe(404);
      expect((await (await given.join("admin")).get(given.trash)).status).toBe(200);
      for (const role of ["member", "viewer"]) {
        const refused = await (await given.join(role)).get(given.trash);
        expect(refused.status).toBe(403);
        expect(refused.text).toContain("trash:read");
      }
    }));
});

describe("DELETE /trash", () => {
  test("204 ends a project with its tasks: nothing is left to list or restore", () =>
    inOrganization(async ({ owner, projects, trash, project, database }) => {
      const id = await project("Apollo");
      await owner.post(`${projects}/${id}/tasks`, { title: "Live" });
      await owner.delete(`${projects}/${id}`);
      expect((await owner.delete(`${trash}/projects/${id}`)).status).toBe(204);
      expect((await owner.get(trash)).body).toEqual({ data: [], nextCursor: null } as never);
      expect((await owner.post(`${projects}/${id}/restore`)).status).toBe(404);
      expect((await owner.delete(`${trash}/projects/${id}`)).status).toBe(404);
      const left = await database.statement(
        "trash_left",
        "select (select count(*)::int from project where id = $1) + (select count(*)::int from task where project_id = $1) as n",
        [id],
      );
      expect(left).toEqual([{ n: 0 }]);
    }));

  test("204 ends a task, also while its project is in the trash", () =>
    inOrganization(async ({ owner, projects, trash, project }) => {
      const id = await project("Apollo");
      const task = (await owner.post(`${projects}/${id}/tasks`, { title: "a" })).body as { id: string };
      await owner.delete(`${projects}/${id}/tasks/${task.id}`);
      await owner.delete(`${projects}/${id}`);
      expect((await owner.delete(`${trash}/tasks/${task.id}`)).status).toBe(204);
      const { data } = (await owner.get(trash)).body as Page;
      expect(data.map(({ type }) => type)).toEqual(["project"]);
    }));

  test("404 for what is live, absent, nonsense or another organization's, which stays", () =>
    inOrganization(async ({ owner, projects, trash, project, organization }) => {
      const id = await project("Apollo");
      const task = (await owner.post(`${projects}/${id}/tasks`, { title: "a" })).body as { id: string };
      const other = await organization();
      const theirs = `/v1/orgs/${other.id}/projects`;
      const foreign = ((await other.owner.post(theirs, { name: "X" })).body as { id: string }).id;
      await other.owner.delete(`${theirs}/${foreign}`);
      for (const at of [
        `projects/${id}`,
        `tasks/${task.id}`,
        `projects/${foreign}`,
        `tasks/${foreign}`,
        "projects/nonsense",
        "tasks/nonsense",
      ]) {
        expect((await owner.delete(`${trash}/${at}`)).status).toBe(404);
      }
      expect((await owner.get(`${projects}/${id}/tasks/${task.id}`)).status).toBe(200);
      expect((await other.owner.post(`${theirs}/${foreign}/restore`)).status).toBe(200);
    }));

  test("403, naming the permission, for a member; 204 for an admin", () =>
    inOrganization(async ({ owner, projects, trash, project, join }) => {
      const id = await project("Apollo");
      const kept = await project("Gemini");
      const task = (await owner.post(`${projects}/${kept}/tasks`, { title: "a" })).body as { id: string };
      await owner.delete(`${projects}/${kept}/tasks/${task.id}`);
      await owner.delete(`${projects}/${id}`);
      const [member, admin] = [await join("member"), await join("admin")];
      for (const [at, permission] of [
        [`${trash}/projects/${id}`, "project:purge"],
        [`${trash}/tasks/${task.id}`, "task:purge"],
      ] as const) {
        const refused = await member.delete(at);
        expect(refused.status).toBe(403);
        expect(refused.text).toContain(permission);
        expect((await admin.delete(at)).status).toBe(204);
      }
    }));
});
