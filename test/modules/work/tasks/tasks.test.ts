import { describe, expect, test } from "bun:test";
import type { Actor } from "../../../harness/actor.ts";
import { absent, type Answer, everyPage, fieldsOf } from "../../../harness/answer.ts";
import { inSandbox, type Organization, type Service } from "../../../harness/app.ts";

type Task = { id: string; projectId: string; title: string; status: string; assigneeId: string | null };
type Page = { data: Task[]; nextCursor: string | null };
type Problem = { code: string; requestId: string; detail: string; errors?: { path: string; message: string }[] };

const titles = (answer: Answer) => (answer.body as Page).data.map(({ title }) => title);

type Given = Service &
  Organization & { projects: string; projectId: string; path: string; create: (body: object) => Promise<Task> };

/** A new organization with one project: where its tasks are, and how one is made. */
async function withProject(test: (given: Given) => Promise<void>): Promise<void> {
  await inSandbox(async (service) => {
    const organization = await service.organization();
    const projects = `/v1/orgs/${organization.id}/projects`;
    const { id } = (await organization.owner.post(projects, { name: "Apollo" })).body as { id: string };
    const path = `${projects}/${id}/tasks`;
    const create = async (body: object) => {
      service.clock.advance(1000);
      const answer = await organization.owner.post(path, body);
      if (answer.status !== 201) throw new Error(answer.text);
      return answer.body as Task;
    };
    await test({ ...service, ...organization, projects, projectId: id, path, create });
  });
}

describe("POST /tasks", () => {
  test("201 with the row, its Location and its ETag; to do and nobody's where nothing else is said", () =>
    withProject(async ({ owner, path, projectId, id }) => {
      const answer = await owner.post(path, { title: " Build the rocket " });
      expect(answer.status).toBe(201);
      const row = answer.body as Task;
      expect(row).toEqual({
        id: expect.any(String),
        projectId,
        title: "Build the rocket",
        description: null,
        status: "todo",
        assigneeId: null,
        createdAt: expect.stringMatching(/Z$/),
        updatedAt: expect.stringMatching(/Z$/),
        deletedAt: null,
      } as never);
      expect(answer.headers.get("location")).toBe(`/v1/orgs/${id}/projects/${projectId}/tasks/${row.id}`);
      const read = await owner.get(answer.headers.get("location")!);
      expect([read.status, read.body, read.headers.get("etag")]).toEqual([200, row, answer.headers.get("etag")]);
    }));

  test("201 with a status and a member for an assignee", () =>
    withProject(async ({ create, join }) => {
      const member = await join("viewer");
      const row = await create({ title: "Fly", status: "in_progress", assigneeId: member.userId, description: "up" });
      expect(row).toMatchObject({ status: "in_progress", assigneeId: member.userId, description: "up" });
    }));

  test("422, naming the field, for an assignee who isn't a member: a stranger, nobody, an ex-member", () =>
    withProject(async ({ owner, path, signUp, join, create, database, id }) => {
      const left = await join("member");
      await database.statement("", "delete from member where organization_id = $1 and user_id = $2", [id, left.userId]);
      const task = await create({ title: "Fly" });
      for (const assigneeId of [(await signUp()).userId, absent, "", "x' or true --", left.userId]) {
        const made = await owner.post(path, { title: "Fly", assigneeId });
        expect([made.status, fieldsOf(made)]).toEqual([422, ["assigneeId"]]);
        const changed = await owner.patch(`${path}/${task.id}`, { assigneeId });
        expect([changed.status, fieldsOf(changed)]).toEqual([422, ["assigneeId"]]);
      }
      expect((await owner.get(`${path}/${task.id}`)).body).toEqual(task as never);
      expect(titles(await owner.get(path))).toEqual(["Fly"]);
    }));

  test.each([
    ["no title", {}, "title"],
    ["a blank title", { title: "  " }, "title"],
    ["a title of 201 characters", { title: "x".repeat(201) }, "title"],
    ["a status that isn't one", { title: "a", status: "later" }, "status"],
    ["a null status", { title: "a", status: null }, "status"],
    ["a number for an assignee", { title: "a", assigneeId: 5 }, "assigneeId"],
    ["NUL in the description", { title: "a", description: "\0" }, "description"],
  ])("422 for %s, naming the field", (_, body, field) =>
    withProject(async ({ owner, path }) => {
      const answer = await owner.post(path, body);
      expect([answer.status, fieldsOf(answer)]).toEqual([422, [field]]);
    }),
  );

  test("422 that names what only the service decides, which is not taken from the client", () =>
    withProject(async ({ owner, path, create, organization, database, id, projectId }) => {
      const other = await organization();
      const { id: foreign } = (await other.owner.post(`/v1/orgs/${other.id}/projects`, { name: "X" })).body as Task;
      const forged = { id: absent, organizationId: other.id, projectId: foreign, deletedAt: "2001-01-01T00:00:00Z" };
      const refused = await owner.post(path, { title: "a", ...forged });
      expect([refused.status, fieldsOf(refused)?.toSorted()]).toEqual([422, Object.keys(forged).toSorted()]);
      const row = await create({ title: "a" });
      expect((await owner.patch(`${path}/${row.id}`, { title: "b", ...forged })).status).toBe(422);
      const stored = await database.statement(
        "tasks_task",
        "select organization_id, project_id, title, deleted_at from task where id = $1",
        [row.id],
      );
      expect(stored).toEqual([{ organization_id: id, project_id: projectId, title: "a", deleted_at: null }]);
    }));
});

describe("GET /tasks", () => {
  test("200 newest first or oldest first, page by page, each once", () =>
    withProject(async ({ owner, path, create }) => {
      for (const title of ["a", "b", "c", "d", "e"]) await create({ title });
      for (const [sort, expected] of [
        ["-createdAt", "edcba"],
        ["createdAt", "abcde"],
      ]) {
        for (const limit of [1, 2, 5])
          expect(await everything(owner, `${path}?sort=${sort}&limit=${limit}`)).toBe(expected!);
      }
    }));

  test("200 by status, by assignee and by what the title holds", () =>
    withProject(async ({ owner, path, create, join }) => {
      const member = await join("member");
      await create({ title: "Alpha", status: "done" });
      await create({ title: "Beta", assigneeId: member.userId });
      await create({ title: "100% alpha", status: "done", assigneeId: member.userId });
      expect(titles(await owner.get(`${path}?status=done`))).toEqual(["100% alpha", "Alpha"]);
      expect(titles(await owner.get(`${path}?assigneeId=${member.userId}`))).toEqual(["100% alpha", "Beta"]);
      expect(titles(await owner.get(`${path}?status=done&assigneeId=${member.userId}&q=ALPHA`))).toEqual([
        "100% alpha",
      ]);
      expect(titles(await owner.get(`${path}?q=%25`))).toEqual(["100% alpha"]);
      expect(titles(await owner.get(`${path}?q=allpha`))).toEqual(["100% alpha", "Alpha"]);
      expect(titles(await owner.get(`${path}?assigneeId=nobody`))).toEqual([]);
      expect((await owner.get(`${path}?status=later`)).status).toBe(422);
      expect((await owner.get(`${path}?sort=title`)).status).toBe(422);
      expect((await owner.get(`${path}?limit=0`)).status).toBe(422);
      expect((await owner.get(`${path}?cursor=x`)).status).toBe(422);
    }));

  test("200 with deleted ones only when asked for, by who may delete", () =>
    withProject(async ({ owner, path, create, join }) => {
      const ids: string[] = [];
      for (const title of ["a", "b", "c", "d"]) ids.push((await create({ title })).id);
      await owner.delete(`${path}/${ids[1]}`);
      await owner.delete(`${path}/${ids[3]}`);
      for (const limit of [1, 3]) {
        expect(await everything(owner, `${path}?limit=${limit}`)).toBe("ca");
        expect(await everything(owner, `${path}?limit=${limit}&deleted=only`)).toBe("db");
        expect(await everything(owner, `${path}?limit=${limit}&deleted=include`)).toBe("dcba");
      }
      const viewer = await join("viewer");
      for (const deleted of ["only", "include"]) {
        const refused = await viewer.get(`${path}?deleted=${deleted}`);
        expect(refused.status).toBe(403);
        expect(refused.text).toContain("task:delete");
      }
    }));

  test("200 with nothing of another project's", () =>
    withProject(async ({ owner, projects, create }) => {
      await create({ title: "a" });
      const { id } = (await owner.post(projects, { name: "Gemini" })).body as { id: string };
      expect(titles(await owner.get(`${projects}/${id}/tasks`))).toEqual([]);
    }));
});

describe("a task", () => {
  test("200 to change it, held to the version that If-Match names", () =>
    withProject(async ({ owner, path, create }) => {
      const row = await create({ title: "a" });
      const etag = (await owner.get(`${path}/${row.id}`)).headers.get("etag")!;
      const done = await owner.patch(`${path}/${row.id}`, { status: "done" }, { "if-match": etag });
      expect([done.status, (done.body as Task).status]).toEqual([200, "done"]);
      expect((await owner.patch(`${path}/${row.id}`, { title: "b" }, { "if-match": etag })).status).toBe(412);
      expect((await owner.delete(`${path}/${row.id}`, undefined, { "if-match": etag })).status).toBe(412);
      expect((await owner.patch(`${path}/${row.id}`, { status: "done" })).headers.get("etag")).toBe(
        done.headers.get("etag"),
      );
    }));

  test("204 to delete it, 404 after, 200 to restore it, 404 to restore what is live", () =>
    withProject(async ({ owner, path, create }) => {
      const row = await create({ title: "a" });
      const at = `${path}/${row.id}`;
      expect((await owner.delete(at)).status).toBe(204);
      for (const gone of [await owner.get(at), await owner.patch(at, { title: "b" }), await owner.delete(at)]) {
        expect(gone.status).toBe(404);
      }
      const restored = await owner.post(`${at}/restore`);
      expect([restored.status, (restored.body as Task).title]).toEqual([200, "a"]);
      expect((await owner.post(`${at}/restore`)).status).toBe(404);
    }));

  test("404 while its project is in the trash, and as before when that is restored", () =>
    withProject(async ({ owner, projects, projectId, path, create }) => {
      const row = await create({ title: "a" });
      const trashed = await create({ title: "b" });
      await owner.delete(`${path}/${trashed.id}`);
      await owner.delete(`${projects}/${projectId}`);
      const at = `${path}/${row.id}`;
      for (const answer of [
        await owner.get(path),
        await owner.post(path, { title: "c" }),
        await owner.get(at),
        await owner.patch(at, { title: "c" }),
        await owner.delete(at),
        await owner.post(`${path}/${trashed.id}/restore`),
      ]) {
        expect(answer.status).toBe(404);
      }
      await owner.post(`${projects}/${projectId}/restore`);
      expect((await owner.get(at)).body).toEqual(row as never);
      expect(titles(await owner.get(path))).toEqual(["a"]);
    }));

  test("404, the same to the byte, under another project, another organization, or when absent", () =>
    withProject(async ({ owner, path, projects, create, organization }) => {
      const row = await create({ title: "a" });
      const { id: sibling } = (await owner.post(projects, { name: "Gemini" })).body as { id: string };
      const other = await organization();
      const theirs = `/v1/orgs/${other.id}/projects`;
      const { id: foreign } = (await other.owner.post(theirs, { name: "X" })).body as { id: string };
      const { id: foreignTask } = (await other.owner.post(`${theirs}/${foreign}/tasks`, { title: "x" })).body as Task;
      const bodies = new Set<string>();
      for (const at of [
        `${path}/${absent}`,
        `${path}/nonsense`,
        `${path}/${foreignTask}`,
        `${projects}/${sibling}/tasks/${row.id}`,
        `${projects}/${foreign}/tasks/${foreignTask}`,
        `${projects}/nonsense/tasks/${row.id}`,
        `${theirs}/${foreign}/tasks/${foreignTask}`,
      ]) {
        for (const answer of [await owner.get(at), await owner.patch(at, { title: "b" }), await owner.delete(at)]) {
          expect([at, answer.status]).toEqual([at, 404]);
          bodies.add(answer.text.replace((answer.body as Problem).requestId, ""));
        }
      }
      expect(bodies.size).toBe(1);
      expect((await owner.post(`${projects}/${foreign}/tasks`, { title: "x" })).status).toBe(404);
      expect((await owner.get(`${projects}/nonsense/tasks`)).status).toBe(404);
    }));

  test("is nobody's again when its assignee leaves the organization, and stays", () =>
    withProject(async ({ owner, path, create, join, database, id }) => {
      const member = await join("member");
      const row = await create({ title: "a", assigneeId: member.userId });
      await database.statement("", "delete from member where organization_id = $1 and user_id = $2", [
        id,
        member.userId,
      ]);
      expect((await owner.get(`${path}/${row.id}`)).body).toEqual({ ...row, assigneeId: null } as never);
    }));

  test("a viewer reads, a member does everything but end one for good", () =>
    withProject(async ({ path, create, join }) => {
      const { id } = await create({ title: "a" });
      const [viewer, member] = [await join("viewer"), await join("member")];
      expect((await viewer.get(path)).status).toBe(200);
      expect((await viewer.get(`${path}/${id}`)).status).toBe(200);
      for (const [method, at, body] of [
        ["post", path, { title: "b" }],
        ["patch", `${path}/${id}`, { title: "b" }],
        ["delete", `${path}/${id}`, undefined],
        ["post", `${path}/${id}/restore`, undefined],
      ] as const) {
        expect((await viewer[method](at, body)).status).toBe(403);
        expect((await member[method](at, body)).status).toBeLessThan(300);
      }
    }));
});

const everything = async (who: Actor, path: string): Promise<string> =>
  (await everyPage<Task>(who, path)).map(({ title }) => title).join("");
