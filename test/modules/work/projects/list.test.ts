import { describe, expect, test } from "bun:test";
import type { Actor } from "../../../harness/actor.ts";
import { type Answer, everyPage } from "../../../harness/answer.ts";
import { inSandbox, type Organization, type Service } from "../../../harness/app.ts";

type Page = { data: { id: string; name: string }[]; nextCursor: string | null };

const names = ["delta", "Alpha", "charlie", "Bravo", "echo"];

/** An organization with five projects, made a second apart in the order of `names`. */
async function withFive(
  test: (given: Service & Organization & { path: string; ids: string[] }) => Promise<void>,
): Promise<void> {
  await inSandbox(async (service) => {
    const organization = await service.organization();
    const path = `/v1/orgs/${organization.id}/projects`;
    const ids: string[] = [];
    for (const name of names) {
      service.clock.advance(1000);
      ids.push(((await organization.owner.post(path, { name })).body as { id: string }).id);
    }
    await test({ ...service, ...organization, path, ids });
  });
}

const listed = (answer: Answer) => (answer.body as Page).data.map(({ name }) => name);

const allPages = async (who: Actor, path: string) =>
  (await everyPage<{ name: string }>(who, path)).map(({ name }) => name);

describe("GET /projects", () => {
  test("200 newest first, with a null cursor when that is all", () =>
    withFive(async ({ owner, path }) => {
      const answer = await owner.get(path);
      expect(answer.status).toBe(200);
      expect(listed(answer)).toEqual(names.toReversed());
      expect((answer.body as Page).nextCursor).toBeNull();
      expect(answer.headers.has("etag")).toBe(false);
    }));

  test.each([
    ["createdAt", names],
    ["-createdAt", names.toReversed()],
    ["name", ["Alpha", "Bravo", "charlie", "delta", "echo"]],
    ["-name", ["echo", "delta", "charlie", "Bravo", "Alpha"]],
  ])("200 by %s, page by page, each project once", (sort, expected) =>
    withFive(async ({ owner, path }) => {
      for (const limit of [1, 2, 4, 5]) {
        expect(await allPages(owner, `${path}?sort=${sort}&limit=${limit}`)).toEqual(expected);
      }
    }),
  );

  test("200 and a project made or deleted between two pages moves nothing", () =>
    withFive(async ({ owner, path, ids, clock }) => {
      const first = (await owner.get(`${path}?limit=2`)).body as Page;
      clock.advance(1000);
      await owner.post(path, { name: "foxtrot" });
      await owner.delete(`${path}/${ids[3]}`);
      const second = await owner.get(`${path}?limit=10&cursor=${first.nextCursor}`);
      expect(listed(second)).toEqual(["charlie", "Alpha", "delta"]);
    }));

  test.each([
    ["Apolo", ["Apollo programme"]],
    ["progamme", ["Apollo programme"]],
    ["gemni", ["Gemini"]],
    ["xyzzy", []],
  ])("200 for ?q=%s, which forgives a typo", (q, found) =>
    withFive(async ({ owner, path, ...service }) => {
      const elsewhere = (await service.organization()).owner;
      for (const name of ["Apollo programme", "Gemini"]) {
        expect((await owner.post(path, { name })).status).toBe(201);
        expect((await elsewhere.post("/v1/orgs/current/projects", { name })).status).toBe(201);
      }
      expect(listed(await owner.get(`${path}?q=${q}`))).toEqual(found);
    }),
  );

  test("200 for ?q=, in which % and _ mean themselves", () =>
    withFive(async ({ owner, path }) => {
      await owner.post(path, { name: "100%_done" });
      expect(listed(await owner.get(`${path}?q=LPH`))).toEqual(["Alpha"]);
      expect(listed(await owner.get(`${path}?q=%25`))).toEqual(["100%_done"]);
      expect(listed(await owner.get(`${path}?q=_`))).toEqual(["100%_done"]);
      expect(listed(await owner.get(`${path}?q=%5C`))).toEqual([]);
      expect(listed(await owner.get(`${path}?q='%20or%20true--`))).toEqual([]);
    }));

  test("200 with deleted ones only when asked for", () =>
    withFive(async ({ owner, path, ids }) => {
      await owner.delete(`${path}/${ids[1]}`);
      await owner.delete(`${path}/${ids[4]}`);
      expect(await allPages(owner, `${path}?sort=name&limit=1`)).toEqual(["Bravo", "charlie", "delta"]);
      expect(await allPages(owner, `${path}?sort=name&limit=1&deleted=only`)).toEqual(["Alpha", "echo"]);
      const both = ["Alpha", "Bravo", "charlie", "delta", "echo"];
      for (const limit of [1, 2, 3, 9]) {
        expect(await allPages(owner, `${path}?sort=name&limit=${limit}&deleted=include`)).toEqual(both);
      }
      expect(await allPages(owner, `${path}?limit=2&deleted=include`)).toEqual(names.toReversed());
    }));

  test("200 with nothing of another organization's", () =>
    withFive(async ({ organization }) => {
      const other = await organization();
      expect(listed(await other.owner.get(`/v1/orgs/${other.id}/projects`))).toEqual([]);
    }));

  test("200 by the organization's id, its slug and `current`", () =>
    withFive(async ({ owner, slug }) => {
      expect(listed(await owner.get(`/v1/orgs/${slug}/projects`))).toHaveLength(5);
      expect(listed(await owner.get("/v1/orgs/current/projects"))).toHaveLength(5);
    }));

  test.each(["limit=0", "limit=-1", "limit=101", "limit=1e9", "limit=2.5", "limit=ten", "limit=", "limit=NaN"])(
    "422 for ?%s, naming the field",
    (query) =>
      withFive(async ({ owner, path }) => {
        const answer = await owner.get(`${path}?${query}`);
        expect(answer.status).toBe(422);
        expect((answer.body as { errors: { path: string }[] }).errors[0]?.path).toBe("limit");
      }),
  );

  test.each(["sort=id", "sort=-updatedAt", "deleted=yes", "include=owner,secrets", `q=${"x".repeat(121)}`])(
    "422 for ?%s",
    (query) => withFive(async ({ owner, path }) => expect((await owner.get(`${path}?${query}`)).status).toBe(422)),
  );

  test("422 for a cursor that was forged, cut, or given out by another list or order", () =>
    withFive(async ({ owner, path, ids }) => {
      const { nextCursor } = (await owner.get(`${path}?limit=1`)).body as { nextCursor: string };
      const [body, signature] = nextCursor.split(".") as [string, string];
      const forged = Buffer.from(JSON.stringify(["2020-01-01T00:00:00.000Z", ids[0]])).toString("base64url");
      const tasks = `${path}/${ids[0]}/tasks`;
      await owner.post(tasks, { title: "1" });
      await owner.post(tasks, { title: "2" });
      const foreign = ((await owner.get(`${tasks}?limit=1`)).body as { nextCursor: string }).nextCursor;
      const bad = ["x", "null", ".", body, `${body}.`, `${forged}.${signature}`, `${nextCursor}x`, foreign];
      for (const cursor of [...bad, nextCursor.slice(0, -1), `${body}.${signature}.x`, "a".repeat(3000), ""]) {
        const answer = await owner.get(`${path}?limit=1&cursor=${encodeURIComponent(cursor)}`);
        expect([cursor, answer.status]).toEqual([cursor, 422]);
      }
      expect((await owner.get(`${path}?limit=1&sort=name&cursor=${nextCursor}`)).status).toBe(422);
      expect((await owner.get(`${path}?limit=1&cursor=${nextCursor}`)).status).toBe(200);
    }));

  test("405 with Allow for a method that the path doesn't have", () =>
    withFive(async ({ owner, path }) => {
      const answer = await owner.request("PUT", path);
      expect(answer.status).toBe(405);
      expect(answer.headers.get("allow")).toContain("GET");
    }));
});
