import { describe, expect, test } from "bun:test";
import { inSandbox } from "../../../harness/app.ts";

type Search = { id: string; name: string; uses: number; ownerId: string };
const path = "/v1/orgs/current/saved-searches";

const names = (answer: { body: unknown }) => (answer.body as { data: Search[] }).data.map(({ name }) => name);

describe("/v1/orgs/{org}/saved-searches", () => {
  test("a private one is its owner's alone, an organization's everybody's", () =>
    inSandbox(async ({ as }) => {
      const [owner, member] = [await as("owner"), await as("member")];
      const made = await member.post(path, { name: "Mine", filters: { status: "open" } });
      expect(made.status).toBe(201);
      expect(made.body).toMatchObject({ visibility: "private", uses: 0, ownerId: member.userId });
      const { id } = made.body as Search;
      await member.post(path, { name: "Ours", visibility: "organization", filters: {} });
      expect(names(await member.get(path))).toEqual(["Ours", "Mine"]);
      expect(names(await owner.get(path))).toEqual(["Ours"]);
      for (const answer of [
        await owner.get(`${path}/${id}`),
        await owner.patch(`${path}/${id}`, { name: "Taken" }),
        await owner.post(`${path}/${id}/uses`),
        await owner.delete(`${path}/${id}`),
      ])
        expect(answer.status).toBe(404);
      expect((await member.get(`${path}/${id}`)).body).toMatchObject({ name: "Mine", uses: 0 });
    }));

  test("422 for making another's search private; its owner does", () =>
    inSandbox(async ({ as }) => {
      const [owner, member] = [await as("owner"), await as("member")];
      const made = await member.post(path, { name: "Ours", visibility: "organization", filters: {} });
      const { id } = made.body as Search;
      expect((await owner.patch(`${path}/${id}`, { visibility: "private" })).status).toBe(422);
      expect((await owner.patch(`${path}/${id}`, { name: "Everybody's" })).status).toBe(200);
      expect((await member.patch(`${path}/${id}`, { visibility: "private" })).status).toBe(200);
      expect(names(await owner.get(path))).toEqual([]);
    }));

  test("the most used come first, over pages; a use refuses no change", () =>
    inSandbox(async ({ as }) => {
      const owner = await as("owner");
      const made: Record<string, string> = {};
      for (const [name, uses] of [
        ["seldom", 1],
        ["often", 3],
        ["never", 0],
      ] as const) {
        made[name] = ((await owner.post(path, { name, filters: {} })).body as Search).id;
        for (let use = 0; use < uses; use++) expect((await owner.post(`${path}/${made[name]}/uses`)).status).toBe(200);
      }
      const first = await owner.get(`${path}?sort=popular&limit=2`);
      expect(names(first)).toEqual(["often", "seldom"]);
      const { nextCursor } = first.body as { nextCursor: string };
      expect(names(await owner.get(`${path}?sort=popular&limit=2&cursor=${nextCursor}`))).toEqual(["never"]);
      expect(names(await owner.get(`${path}?sort=name`))).toEqual(["never", "often", "seldom"]);
      const etag = (await owner.get(`${path}/${made["often"]}`)).headers.get("etag") ?? "";
      expect((await owner.post(`${path}/${made["often"]}/uses`)).body).toMatchObject({ uses: 4 });
      expect((await owner.patch(`${path}/${made["often"]}`, { name: "much" }, { "if-match": etag })).status).toBe(200);
      expect((await owner.patch(`${path}/${made["often"]}`, { name: "more" }, { "if-match": etag })).status).toBe(412);
    }));

  test("finds those whose filters contain others, of this organization alone", () =>
    inSandbox(async (service) => {
      const [owner, member] = [await service.as("owner"), await service.as("member")];
      const elsewhere = await service.organization();
      const filters = { status: "open", tags: ["a", "b"] };
      await owner.post(path, { name: "both", filters });
      await owner.post(path, { name: "closed", filters: { status: "closed" } });
      await member.post(path, { name: "private", filters });
      await elsewhere.owner.post(`/v1/orgs/${elsewhere.slug}/saved-searches`, { name: "theirs", filters });
      const find = (wanted: unknown) => owner.get(`${path}?filters=${encodeURIComponent(JSON.stringify(wanted))}`);
      expect(names(await find({ status: "open" }))).toEqual(["both"]);
      expect(names(await find({ tags: ["b"] }))).toEqual(["both"]);
      expect(names(await find({ status: "open", tags: ["c"] }))).toEqual([]);
      expect((await owner.get(`${path}?filters=x`)).status).toBe(422);
      expect((await owner.get(`${path}?filters=[1]`)).status).toBe(422);
    }));

  test.each([
    ["name", { name: "", filters: {} }],
    ["filters.status", { name: "n", filters: { status: "x".repeat(256) } }],
    ["filters", { name: "n", filters: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`k${n}`, 1])) }],
    [
      "filters",
      { name: "n", filters: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`k${n}`, "x".repeat(200)])) },
    ],
    ["visibility", { name: "n", visibility: "public", filters: {} }],
  ])("422 names %s", (field, body) =>
    inSandbox(async ({ as }) => {
      const answer = await (await as("owner")).post(path, body);
      expect(answer.status).toBe(422);
      expect((answer.body as { errors: { path: string }[] }).errors[0]?.path).toStartWith(field);
    }),
  );

  test("a person's private searches go with them, the organization's stay", () =>
    inSandbox(async ({ as, database }) => {
      const [owner, member] = [await as("owner"), await as("member")];
      await member.post(path, { name: "Mine", filters: {} });
      await member.post(path, { name: "Ours", visibility: "organization", filters: {} });
      await database.statement("", `delete from "user" where id = $1`, [member.userId]);
      expect((await owner.get(path)).body).toMatchObject({ data: [{ name: "Ours", ownerId: null }] });
      expect(await database.statement("", "select name from saved_search", [])).toEqual([{ name: "Ours" }]);
    }));
});
