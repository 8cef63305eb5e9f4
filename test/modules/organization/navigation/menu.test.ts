import { describe, expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { absent, everyPage } from "../../../harness/answer.ts";
import { inSandbox } from "../../../harness/app.ts";
import { make, refusal } from "./world.ts";

const views = (org: string) => `/v1/orgs/${org}/views`;
const items = (org: string) => `/v1/orgs/${org}/menu-items`;

describe("/v1/orgs/{org}/views", () => {
  test("201, 200, 200, 204 with an audit event each; If-Match is honoured", () =>
    inSandbox(async ({ organization }) => {
      const { slug, owner } = await organization();
      const made = await owner.post(views(slug), { key: "projects.list", name: "Projects", url: "/projects" });
      expect(made.status).toBe(201);
      const { id } = made.body as { id: string };
      expect(made.body).toMatchObject({ shared: false, key: "projects.list", permission: null, category: null });
      expect((await owner.get(made.headers.get("location") ?? "")).body).toEqual(made.body);
      const path = `${views(slug)}/${id}`;
      const changed = await owner.patch(path, { permission: "project:read", category: "Work" });
      expect(changed.body).toMatchObject({ permission: "project:read", category: "Work" });
      const stale = { "if-match": made.headers.get("etag") ?? "" };
      expect((await owner.patch(path, { name: "X" }, stale)).status).toBe(412);
      expect((await owner.delete(path, undefined, stale)).status).toBe(412);
      expect((await owner.delete(path)).status).toBe(204);
      expect((await owner.get(path)).status).toBe(404);
      const { data } = (await owner.get(`/v1/orgs/${slug}/audit-events?entityType=view`)).body as {
        data: { action: string; changes: object }[];
      };
      expect(data.map(({ action }) => action)).toEqual(["view.deleted", "view.updated", "view.created"]);
      // A view's key is a part of its address, not a secret.
      expect(data.map(({ changes }) => changes)).toMatchObject([
        { key: { from: "projects.list", to: null } },
        { category: { from: null, to: "Work" } },
        { key: { from: null, to: "projects.list" } },
      ]);
    }));

  test("409 for a key of the same space that is taken, 201 for one that is everybody's", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { slug, owner } = await service.organization();
      await make(root, "/v1/admin/views", { key: "home", name: "Home", url: "/" });
      await make(owner, views(slug), { key: "home", name: "Home", url: "/" });
      const other = await make(owner, views(slug), { key: "other", name: "Other", url: "/" });
      expect(refusal(await owner.post(views(slug), { key: "home", name: "H", url: "/" }))).toEqual([
        409,
        "view_key_taken",
        "key",
      ]);
      expect(refusal(await owner.patch(`${views(slug)}/${other}`, { key: "home" }))).toEqual([
        409,
        "view_key_taken",
        "key",
      ]);
      expect(refusal(await root.post("/v1/admin/views", { key: "home", name: "H", url: "/" }))).toEqual([
        409,
        "view_key_taken",
        "key",
      ]);
    }));

  test("422 for an unknown permission and for a URL that a browser would run", () =>
    inSandbox(async ({ organization }) => {
      const { slug, owner } = await organization();
      const view = { key: "v", name: "V", url: "/v" };
      for (const permission of ["nothing:read", "constructor", "project:read "])
        expect(refusal(await owner.post(views(slug), { ...view, permission }))).toEqual([
          422,
          "validation_failed",
          "permission",
        ]);
      for (const url of [
        "javascript:alert(1)",
        "//evil.example",
        "/\\evil.example",
        "data:text/html,x",
        "projects",
        " /x",
      ])
        expect(refusal(await owner.post(views(slug), { ...view, url }))).toEqual([422, "validation_failed", "url"]);
      const id = await make(owner, views(slug), view);
      expect(refusal(await owner.patch(`${views(slug)}/${id}`, { permission: "nothing:read" }))[0]).toBe(422);
      expect((await owner.get(`${views(slug)}/${id}`)).body).toMatchObject({ permission: null });
    }));

  test("403 for who may not manage, 404 for another organization's; everybody's is read and never changed", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { slug, owner, join } = await service.organization();
      const other = await service.organization();
      const own = await make(owner, views(slug), { key: "v", name: "V", url: "/v" });
      const shared = await make(root, "/v1/admin/views", { key: "s", name: "S", url: "/s" });
      const member = await join("member");
      expect((await member.get(views(slug))).status).toBe(403);
      expect((await member.patch(`${views(slug)}/${own}`, { name: "X" })).status).toBe(403);
      for (const id of [own, absent, "x"]) {
        expect((await other.owner.get(`${views(other.slug)}/${id}`)).status).toBe(404);
        expect((await other.owner.patch(`${views(other.slug)}/${id}`, { name: "X" })).status).toBe(404);
        expect((await root.get(`/v1/admin/views/${id}`)).status).toBe(404);
      }
      expect((await owner.get(`${views(slug)}/${shared}`)).body).toMatchObject({ shared: true });
      expect((await owner.patch(`${views(slug)}/${shared}`, { name: "X" })).status).toBe(404);
      expect((await owner.delete(`${views(slug)}/${shared}`)).status).toBe(404);
      expect((await owner.post("/v1/admin/views", { key: "x", name: "X", url: "/" })).status).toBe(404);
      expect((await root.patch(`/v1/admin/views/${shared}`, { name: "Shared" })).body).toMatchObject({
        name: "Shared",
      });
      expect((await root.delete(`/v1/admin/views/${shared}`)).status).toBe(204);
    }));

  test("200 page by page, everybody's and its own, each once", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { slug, owner } = await service.organization();
      const made: string[] = [];
      for (let n = 0; n < 3; n++) {
        made.push(await make(owner, views(slug), { key: `o${n}`, name: "O", url: "/" }));
        made.push(await make(root, "/v1/admin/views", { key: `s${n}`, name: "S", url: "/" }));
      }
      const seen = await everyPage<{ id: string }>(owner, views(slug), 4);
      expect(seen.map(({ id }) => id)).toEqual(made);
      const { data } = (await root.get("/v1/admin/views")).body as { data: { shared: boolean }[] };
      expect(data.map(({ shared }) => shared)).toEqual([true, true, true]);
    }));
});

describe("/v1/orgs/{org}/menu-items", () => {
  test("201 with a view or a URL, whichever is said last; 422 for both at once", () =>
    inSandbox(async ({ organization }) => {
      const { slug, owner } = await organization();
      const viewId = await make(owner, views(slug), { key: "v", name: "V", url: "/v" });
      expect(refusal(await owner.post(items(slug), { label: "L", viewId, url: "/x" }))).toEqual([
        422,
        "validation_failed",
        "url",
      ]);
      const path = `${items(slug)}/${await make(owner, items(slug), { label: "L", viewId })}`;
      expect((await owner.patch(path, { url: "/x" })).body).toMatchObject({ viewId: null, url: "/x" });
      expect((await owner.patch(path, { viewId })).body).toMatchObject({ viewId, url: null });
      expect((await owner.patch(path, { viewId: null })).body).toMatchObject({ viewId: null, url: null });
      expect((await owner.patch(path, { viewId, position: 3 })).body).toMatchObject({ viewId, position: 3 });
      await owner.delete(`${views(slug)}/${viewId}`);
      expect((await owner.get(path)).body).toMatchObject({ viewId: null, url: null, position: 3 });
    }));

  test("422 that names the field, for a parent or a view of another space, and nothing is made", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { slug, owner } = await service.organization();
      const other = await service.organization();
      const theirs = await make(other.owner, items(other.slug), { label: "Theirs" });
      const theirView = await make(other.owner, views(other.slug), { key: "v", name: "V", url: "/v" });
      const shared = await make(root, "/v1/admin/menu-items", { label: "Shared" });
      const sharedView = await make(root, "/v1/admin/views", { key: "v", name: "V", url: "/v" });
      const own = await make(owner, items(slug), { label: "Own" });
      const ownView = await make(owner, views(slug), { key: "v", name: "V", url: "/v" });
      for (const parentId of [theirs, shared, absent]) {
        const wrong = [422, "validation_failed", "parentId"];
        expect(refusal(await owner.post(items(slug), { label: "L", parentId }))).toEqual(wrong);
        expect(refusal(await owner.patch(`${items(slug)}/${own}`, { parentId }))).toEqual(wrong);
      }
      for (const viewId of [theirView, absent])
        expect(refusal(await owner.post(items(slug), { label: "L", viewId }))).toEqual([
          422,
          "validation_failed",
          "viewId",
        ]);
      expect(refusal(await root.post("/v1/admin/menu-items", { label: "L", parentId: own }))[2]).toBe("parentId");
      expect(refusal(await root.post("/v1/admin/menu-items", { label: "L", viewId: ownView }))[2]).toBe("viewId");
      const { data } = (await owner.get(items(slug))).body as { data: { id: string; parentId: null }[] };
      expect(data.map(({ id, parentId }) => [id, parentId])).toEqual([
        [shared, null],
        [own, null],
      ]);
      expect((await owner.post(items(slug), { label: "L", viewId: sharedView })).status).toBe(201);
    }));

  test("422 for an item below itself, at whatever distance, and for an eleventh level, also of what is moved along", () =>
    inSandbox(async ({ organization }) => {
      const { slug, owner } = await organization();
      const chain: string[] = [];
      for (let level = 0; level < 10; level++)
        chain.push(await make(owner, items(slug), { label: `${level}`, parentId: chain.at(-1) ?? null }));
      const wrong = [422, "validation_failed", "parentId"];
      const move = async (id: string, parentId: string) =>
        refusal(await owner.patch(`${items(slug)}/${id}`, { parentId }));
      for (const below of chain) expect(await move(chain[0]!, below)).toEqual(wrong);
      expect(refusal(await owner.post(items(slug), { label: "11", parentId: chain[9] }))).toEqual(wrong);
      const top = await make(owner, items(slug), { label: "Top" });
      expect(await move(chain[0]!, top)).toEqual(wrong);
      expect((await move(chain[1]!, top))[0]).toBe(200);
      const { data } = (await owner.get(items(slug))).body as { data: { id: string; parentId: string | null }[] };
      const parents = new Map(data.map(({ id, parentId }) => [id, parentId]));
      expect(chain.map((id) => parents.get(id))).toEqual([null, top, ...chain.slice(1, 9)]);
    }));

  test("409 for a second entry point, and for deleting what others stand below", () =>
    inSandbox(async (service) => {
      const { slug, owner } = await service.organization();
      const first = await make(owner, items(slug), { label: "First", url: "/", entryPoint: true });
      const second = await make(owner, items(slug), { label: "Second", url: "/", parentId: first });
      const taken = [409, "entry_point_taken", "entryPoint"];
      expect(refusal(await owner.patch(`${items(slug)}/${second}`, { entryPoint: true }))).toEqual(taken);
      expect(refusal(await owner.post(items(slug), { label: "Third", entryPoint: true }))).toEqual(taken);
      expect(refusal(await owner.delete(`${items(slug)}/${first}`))).toEqual([409, "menu_item_in_use"]);
      await owner.patch(`${items(slug)}/${first}`, { entryPoint: false });
      expect((await owner.patch(`${items(slug)}/${second}`, { entryPoint: true, parentId: null })).status).toBe(200);
      expect((await owner.delete(`${items(slug)}/${first}`)).status).toBe(204);
    }));

  test("everything goes with the organization", () =>
    inSandbox(async ({ organization, database }) => {
      const { slug, id, owner } = await organization();
      const viewId = await make(owner, views(slug), { key: "v", name: "V", url: "/v" });
      const parentId = await make(owner, items(slug), { label: "Top" });
      await make(owner, items(slug), { label: "Below", viewId, parentId });
      await owner.post(`/v1/orgs/${slug}/me/trail`, { viewId });
      expect((await owner.delete(`/v1/orgs/${slug}`)).status).toBe(204);
      for (const table of ["view", "menu_item", "trail"]) {
        const { rows } = await database.db.execute(
          sql`select 1 from ${sql.identifier(table)} where organization_id = ${id}`,
        );
        expect(rows).toEqual([]);
      }
    }));
});
