import { describe, expect, test } from "bun:test";
import { absent, type Answer, fieldsOf } from "../../../harness/answer.ts";
import { inSandbox, type Organization, type Service } from "../../../harness/app.ts";

type Project = { id: string; name: string; description: string | null; ownerId: string | null; updatedAt: string };
type Page = { data: Project[]; nextCursor: string | null };
type Problem = { code: string; status: number; requestId: string; errors?: { path: string; message: string }[] };

const problem = (answer: Answer) => answer.body as Problem;

/** A new organization, its projects' path, and what one usually does there. */
async function inOrganization(
  test: (given: Service & Organization & { path: string; create: (name: string) => Promise<Project> }) => Promise<void>,
) {
  await inSandbox(async (service) => {
    const organization = await service.organization();
    const path = `/v1/orgs/${organization.id}/projects`;
    const create = async (name: string) => {
      const answer = await organization.owner.post(path, { name });
      if (answer.status !== 201) throw new Error(answer.text);
      return answer.body as Project;
    };
    await test({ ...service, ...organization, path, create });
  });
}

describe("POST /projects", () => {
  test("201 with the row, its Location and its ETag", () =>
    inOrganization(async ({ owner, path, id }) => {
      const answer = await owner.post(path, { name: "  Apollo ", description: "To the moon" });
      expect(answer.status).toBe(201);
      const row = answer.body as Project;
      expect(row).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        name: "Apollo",
        description: "To the moon",
        ownerId: owner.userId,
        createdAt: expect.stringMatching(/Z$/),
        updatedAt: expect.stringMatching(/Z$/),
        deletedAt: null,
      } as never);
      expect(answer.headers.get("location")).toBe(`/v1/orgs/${id}/projects/${row.id}`);
      const read = await owner.get(answer.headers.get("location")!);
      expect([read.status, read.body]).toEqual([200, row]);
      expect(read.headers.get("etag")).toBe(answer.headers.get("etag"));
    }));

  test.each(["current", "slug"])("201 with a Location that has the organization's id, posted to its %s", (by) =>
    inOrganization(async ({ owner, path, id, slug }) => {
      const made = await owner.post(`/v1/orgs/${by === "slug" ? slug : by}/projects`, { name: "Apollo" });
      expect(made.headers.get("location")).toBe(`${path}/${(made.body as Project).id}`);
      expect(path).toContain(id);
    }),
  );

  test("422 that names what only the service decides, which is not taken from the client", () =>
    inOrganization(async ({ owner, path, id, organization, database }) => {
      const other = await organization();
      const past = "2001-01-01T00:00:00.000Z";
      const forged = { id: absent, organizationId: other.id, ownerId: other.owner.userId, deletedAt: past };
      const more = { ...forged, createdAt: past, nameKey: "x", constructor: 1 };
      const refused = await owner.post(path, { name: "Mine", ...more });
      expect([refused.status, fieldsOf(refused)?.toSorted()]).toEqual([422, Object.keys(more).toSorted()]);
      const row = (await owner.post(path, { name: "Mine" })).body as Project;
      const changed = await owner.patch(`${path}/${row.id}`, { description: "d", ...forged, nameKey: "y" });
      expect(changed.status).toBe(422);
      const [stored] = await database.statement<Record<string, unknown>>(
        "projects_stored",
        "select organization_id, owner_id, deleted_at, created_at > '2002-01-01' as now, name_key from project where id = $1",
        [row.id],
      );
      expect(stored).toEqual({
        organization_id: id,
        owner_id: owner.userId,
        deleted_at: null,
        now: true,
        name_key: "mine",
      });
    }));

  test.each([
    ["no name", {}, "name"],
    ["an empty name", { name: "" }, "name"],
    ["a blank name", { name: " \t " }, "name"],
    ["a name of 121 characters", { name: "x".repeat(121) }, "name"],
    ["a number for a name", { name: 5 }, "name"],
    ["an array for a name", { name: ["a"] }, "name"],
    ["a description of 4001 characters", { name: "a", description: "x".repeat(4001) }, "description"],
    ["NUL in the name", { name: "a\0b" }, "name"],
    ["half a surrogate pair in the name", { name: "a\ud800" }, "name"],
    ["NUL in the description", { name: "a", description: "\0" }, "description"],
  ])("422 for %s, naming the field", (_, body, field) =>
    inOrganization(async ({ owner, path }) => {
      const answer = await owner.post(path, body);
      expect([answer.status, fieldsOf(answer)]).toEqual([422, [field]]);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
    }),
  );

  test.each(["null", "[]", '"text"', "5"])("422 for the body %s", (body) =>
    inOrganization(async ({ owner, path }) => {
      const answer = await owner.request("POST", path, { body, headers: { "content-type": "application/json" } });
      expect(answer.status).toBe(422);
    }),
  );

  test.each(["{", "", '{"name":"a",}', "name=a"])("400 for the malformed JSON %j", (body) =>
    inOrganization(async ({ owner, path }) => {
      const answer = await owner.request("POST", path, { body, headers: { "content-type": "application/json" } });
      expect([answer.status, problem(answer).code]).toEqual([400, "malformed_request"]);
    }),
  );

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"])(
    "415 for a body of the type %s",
    (type) =>
      inOrganization(async ({ owner, path }) => {
        const answer = await owner.request("POST", path, {
          body: '{"name":"a"}',
          headers: { "content-type": type },
        });
        expect([answer.status, problem(answer).code]).toEqual([415, "unsupported_media_type"]);
      }),
  );

  test("415 for a body without a type", () =>
    inOrganization(async ({ owner, path }) => {
      const body = new Blob(['{"name":"a"}']);
      expect((await owner.request("POST", path, { body })).status).toBe(415);
    }));

  test("201 for JSON with a charset", () =>
    inOrganization(async ({ owner, path }) => {
      const headers = { "content-type": "application/json; charset=utf-8" };
      expect((await owner.request("POST", path, { body: '{"name":"ä"}', headers })).status).toBe(201);
    }));

  test("413 for a body over 1 MiB, by its length or as it streams", () =>
    inOrganization(async ({ owner, path }) => {
      const json = JSON.stringify({ name: "a", description: "x".repeat(1024 * 1024) });
      const headers = { "content-type": "application/json" };
      const known = await owner.request("POST", path, {
        body: json,
        headers: { ...headers, "content-length": `${json.length}` },
      });
      expect([known.status, problem(known).code]).toEqual([413, "payload_too_large"]);
      const streamed = await owner.request("POST", path, { body: new Blob([json]).stream(), headers });
      expect(streamed.status).toBe(413);
    }));

  test("409 for a name that a live project has, whatever its case", () =>
    inOrganization(async ({ owner, path, create }) => {
      await create("Apollo");
      const answer = await owner.post(path, { name: "APOLLO" });
      expect([answer.status, problem(answer).code, fieldsOf(answer)]).toEqual([409, "project_name_taken", ["name"]]);
    }));

  test("201 for a name that another organization uses", () =>
    inOrganization(async ({ organization, create }) => {
      await create("Apollo");
      const other = await organization();
      expect((await other.owner.post(`/v1/orgs/${other.id}/projects`, { name: "Apollo" })).status).toBe(201);
    }));

  test("201 for a name whose project was deleted, and 409 when that one is then restored", () =>
    inOrganization(async ({ owner, path, create }) => {
      const first = await create("Apollo");
      expect((await owner.delete(`${path}/${first.id}`)).status).toBe(204);
      await create("apollo");
      const answer = await owner.post(`${path}/${first.id}/restore`);
      expect([answer.status, problem(answer).code, fieldsOf(answer)]).toEqual([409, "project_name_taken", ["name"]]);
      expect((await owner.get(`${path}/${first.id}`)).status).toBe(404);
    }));
});

describe("GET /projects/{id}", () => {
  test("404, byte for byte the same, for what is absent, another organization's, deleted or not a UUID", () =>
    inOrganization(async ({ owner, path, create, organization }) => {
      const other = await organization();
      const foreign = (await other.owner.post(`/v1/orgs/${other.id}/projects`, { name: "Theirs" })).body as Project;
      const gone = await create("Gone");
      await owner.delete(`${path}/${gone.id}`);
      const answers: [string, string][] = [];
      for (const id of [absent, foreign.id, gone.id, "nonsense", "1", "%27%3B--", foreign.id.toUpperCase()]) {
        const answer = await owner.get(`${path}/${id}`);
        expect(answer.status).toBe(404);
        const headers = [...answer.headers].filter(([name]) => name !== "x-request-id");
        answers.push([answer.text.replace(problem(answer).requestId, ""), JSON.stringify(headers)]);
      }
      expect(new Set(answers.map(([text]) => text)).size).toBe(1);
      expect(new Set(answers.map(([, headers]) => headers)).size).toBe(1);
    }));

  test("404 for who isn't in the organization, 401 for nobody", () =>
    inOrganization(async ({ path, create, signUp, anonymous }) => {
      const { id } = await create("Apollo");
      const stranger = await signUp();
      expect((await stranger.get(`${path}/${id}`)).status).toBe(404);
      const nobody = await anonymous.get(`${path}/${id}`);
      expect([nobody.status, nobody.headers.has("www-authenticate")]).toEqual([401, true]);
    }));

  test("200 with the owner's id, name and image, and nothing else of them", () =>
    inOrganization(async ({ owner, path, create }) => {
      const { id } = await create("Apollo");
      const task = `${path}/${id}/tasks`;
      await owner.post(task, { title: "One" });
      const two = (await owner.post(task, { title: "Two" })).body as { id: string };
      await owner.delete(`${task}/${two.id}`);
      for (const read of [`${path}/${id}?include=owner,tasks`, `${path}?include=owner,tasks`]) {
        const answer = await owner.get(read);
        expect(answer.status).toBe(200);
        const row = read.includes(id) ? answer.body : (answer.body as Page).data[0];
        expect(row).toMatchObject({ tasks: { count: 1 } });
        expect((row as { owner: object }).owner).toEqual({ id: owner.userId, name: owner.name, image: null });
        expect(answer.text).not.toContain(owner.email);
      }
    }));

  test("422 for something else to include", () =>
    inOrganization(async ({ owner, path, create }) => {
      const { id } = await create("Apollo");
      expect((await owner.get(`${path}/${id}?include=members`)).status).toBe(422);
    }));
});

describe("PATCH /projects/{id}", () => {
  test("200 with the row as it is now, and only what was named is changed", () =>
    inOrganization(async ({ owner, path, create, clock }) => {
      const row = await create("Apollo");
      clock.advance(5000);
      const answer = await owner.patch(`${path}/${row.id}`, { description: "Moon" });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ ...row, description: "Moon", updatedAt: expect.any(String) } as never);
      expect((answer.body as Project).updatedAt > row.updatedAt).toBe(true);
      const cleared = await owner.patch(`${path}/${row.id}`, { description: null });
      expect(cleared.body).toMatchObject({ name: "Apollo", description: null });
    }));

  test.each([{}, { name: "Apollo" }, { name: " Apollo ", description: null }])(
    "200 for %j, which changes nothing: the same version, and no event",
    (body) =>
      inOrganization(async ({ owner, path, create, clock, database }) => {
        const row = await create("Apollo");
        const before = await owner.get(`${path}/${row.id}`);
        clock.advance(5000);
        const answer = await owner.patch(`${path}/${row.id}`, body);
        expect([answer.status, answer.text, answer.headers.get("etag")]).toEqual([
          200,
          before.text,
          before.headers.get("etag"),
        ]);
        const events = await database.statement(
          "projects_events",
          "select action from audit_event where entity_id = $1 and action = 'project.updated'",
          [row.id],
        );
        expect(events).toEqual([]);
      }),
  );

  test("200 for the version that If-Match names, 412 for one that is gone", () =>
    inOrganization(async ({ owner, path, create }) => {
      const { id } = await create("Apollo");
      const seen = (await owner.get(`${path}/${id}?include=owner`)).headers.get("etag")!;
      const first = await owner.patch(`${path}/${id}`, { description: "1" }, { "if-match": seen });
      expect(first.status).toBe(200);
      const late = await owner.patch(`${path}/${id}`, { description: "2" }, { "if-match": seen });
      expect([late.status, problem(late).code]).toEqual([412, "precondition_failed"]);
      const current = first.headers.get("etag")!;
      expect((await owner.patch(`${path}/${id}`, { name: "B" }, { "if-match": `"x", ${current}` })).status).toBe(200);
      expect((await owner.patch(`${path}/${id}`, { name: "C" }, { "if-match": "*" })).status).toBe(200);
      expect((await owner.delete(`${path}/${id}`, undefined, { "if-match": current })).status).toBe(412);
      expect((await owner.get(`${path}/${id}`)).body).toMatchObject({ name: "C", description: "1" });
    }));

  test("409 for another live project's name, and its own name in another case is no clash", () =>
    inOrganization(async ({ owner, path, create }) => {
      const { id } = await create("Apollo");
      await create("Gemini");
      expect((await owner.patch(`${path}/${id}`, { name: "gemini" })).status).toBe(409);
      expect((await owner.patch(`${path}/${id}`, { name: "APOLLO" })).status).toBe(200);
    }));

  test("415 for a body that isn't JSON, and nothing changes", () =>
    inOrganization(async ({ owner, path, create }) => {
      const { id } = await create("Apollo");
      const answer = await owner.request("PATCH", `${path}/${id}`, {
        body: '{"name":"B"}',
        headers: { "content-type": "text/plain" },
      });
      expect(answer.status).toBe(415);
    }));

  test("404 for another organization's project, which stays as it is", () =>
    inOrganization(async ({ owner, path, organization }) => {
      const other = await organization();
      const theirs = `/v1/orgs/${other.id}/projects`;
      const { id } = (await other.owner.post(theirs, { name: "Theirs" })).body as Project;
      expect((await owner.patch(`${path}/${id}`, { name: "Mine" })).status).toBe(404);
      expect((await owner.patch(`${theirs}/${id}`, { name: "Mine" })).status).toBe(404);
      expect((await owner.delete(`${path}/${id}`)).status).toBe(404);
      expect((await owner.post(`${path}/${id}/restore`)).status).toBe(404);
      expect((await other.owner.get(`${theirs}/${id}`)).body).toMatchObject({ name: "Theirs" });
    }));
});

describe("DELETE and restore", () => {
  test("204, then 404 to read, change, delete and list; restored it is as it was", () =>
    inOrganization(async ({ owner, path, create }) => {
      const row = await create("Apollo");
      const gone = await owner.delete(`${path}/${row.id}`);
      expect([gone.status, gone.text]).toEqual([204, ""]);
      expect((await owner.get(`${path}/${row.id}`)).status).toBe(404);
      expect((await owner.patch(`${path}/${row.id}`, { name: "B" })).status).toBe(404);
      expect((await owner.delete(`${path}/${row.id}`)).status).toBe(404);
      expect(((await owner.get(path)).body as Page).data).toEqual([]);
      const restored = await owner.post(`${path}/${row.id}/restore`);
      expect(restored.status).toBe(200);
      expect(restored.body).toMatchObject({ id: row.id, name: "Apollo", deletedAt: null });
      expect((await owner.post(`${path}/${row.id}/restore`)).status).toBe(404);
    }));

  test("403, naming the permission, for a member; a viewer only reads", () =>
    inOrganization(async ({ path, create, join }) => {
      const { id } = await create("Apollo");
      const member = await join("member");
      for (const refused of [
        await member.delete(`${path}/${id}`),
        await member.post(`${path}/${id}/restore`),
        await member.get(`${path}?deleted=only`),
        await member.get(`${path}?deleted=include`),
      ]) {
        expect(refused.status).toBe(403);
        expect(refused.text).toContain("project:delete");
      }
      expect((await member.patch(`${path}/${id}`, { name: "B" })).status).toBe(200);
      const viewer = await join("viewer");
      expect((await viewer.get(`${path}/${id}`)).status).toBe(200);
      expect((await viewer.post(path, { name: "C" })).status).toBe(403);
      expect((await viewer.patch(`${path}/${id}`, { name: "C" })).status).toBe(403);
    }));

  test("403 with a cookie from an origin that isn't trusted, and nothing changes", () =>
    inOrganization(async ({ owner, path, create }) => {
      const { id } = await create("Apollo");
      for (const origin of ["https://evil.example", "null", ""]) {
        expect((await owner.delete(`${path}/${id}`, undefined, { origin })).status).toBe(403);
      }
      expect((await owner.get(`${path}/${id}`)).status).toBe(200);
    }));
});
