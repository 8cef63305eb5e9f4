import { describe, expect, test } from "bun:test";
import { and, eq } from "drizzle-orm";
import { catalogueFrom } from "../../../../src/core/access/permission.ts";
import type { Module, NavigationEntry } from "../../../../src/http/module.ts";
import { createRouter } from "../../../../src/http/router.ts";
import { refuseBadNavigation } from "../../../../src/modules/organization/navigation/index.ts";
import { modules as ours } from "../../../../src/modules.ts";
import { member, organizationRole, view } from "../../../../src/schema.ts";
import { inSandbox } from "../../../harness/app.ts";
import { inOurs, make, outline, shown } from "./world.ts";

const views = (org: string) => `/v1/orgs/${org}/views`;
const items = (org: string) => `/v1/orgs/${org}/menu-items`;
const mine = (org: string) => `/v1/orgs/${org}/me/navigation`;

describe("GET /v1/orgs/{org}/me/navigation", () => {
  test("200 with everybody's items and the organization's own as one tree, in the order of their positions", () =>
    inOurs(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { slug, owner, join } = await service.organization();
      const other = await service.organization();
      const home = await make(root, "/v1/admin/views", { key: "home", name: "Home", url: "/", icon: "house" });
      await make(root, "/v1/admin/menu-items", { label: "Home", viewId: home, position: -1 });
      const work = await make(owner, items(slug), { label: "Work", position: 5 });
      await make(owner, items(slug), { label: "B", url: "/b", parentId: work, position: 2 });
      await make(owner, items(slug), { label: "A", url: "/a", parentId: work, position: 1 });
      await make(owner, items(slug), { label: "Empty", position: 9 });
      await make(other.owner, items(other.slug), { label: "Theirs", url: "/theirs" });
      const answer = await (await join("viewer")).get(mine(slug));
      expect(answer.status).toBe(200);
      expect(outline(shown(answer).items)).toBe("Home,Work(A,B)");
      expect(shown(answer).items[0]).toEqual({
        id: expect.any(String),
        label: "Home",
        icon: "house",
        url: "/",
        view: { key: "home", name: "Home", category: null },
        children: [],
      } as never);
      expect(outline(shown(await other.owner.get(mine(other.slug))).items)).toBe("Home,Theirs");
    }));

  test("200 without what takes a permission that isn't held, all below it, and headings that are left empty", () =>
    inOurs(async ({ organization, database }) => {
      const { id, slug, owner, join } = await organization();
      const viewOf = (permission: string) =>
        make(owner, views(slug), {
          key: permission.replace(":", ".").toLowerCase(),
          name: permission,
          url: "/x",
          permission,
        });
      const [keys, tasks] = [await viewOf("apiKey:read"), await viewOf("task:read")];
      const admin = await make(owner, items(slug), { label: "Admin" });
      const secret = await make(owner, items(slug), { label: "Keys", viewId: keys, parentId: admin });
      await make(owner, items(slug), { label: "Below", url: "/below", parentId: secret });
      await make(owner, items(slug), { label: "Tasks", viewId: tasks });
      await make(owner, items(slug), { label: "About", url: "/about" });
      const [viewer, nobody, ownTasks] = [await join("viewer"), await join("nobody"), await join("doer")];
      await database.db
        .update(organizationRole)
        .set({ rules: { "task:read": { scope: "own" } } })
        .where(and(eq(organizationRole.organizationId, id), eq(organizationRole.role, "doer")));
      expect(outline(shown(await owner.get(mine(slug))).items)).toBe("Admin(Keys(Below)),Tasks,About");
      expect(outline(shown(await viewer.get(mine(slug))).items)).toBe("Tasks,About");
      expect(outline(shown(await nobody.get(mine(slug))).items)).toBe("About");
      expect(outline(shown(await ownTasks.get(mine(slug))).items)).toBe("Tasks,About");
    }));

  test("200 without a view whose permission nobody declares any more", () =>
    inOurs(async ({ organization, database }) => {
      const { slug, owner } = await organization();
      const viewId = await make(owner, views(slug), { key: "v", name: "V", url: "/v", permission: "task:read" });
      await make(owner, items(slug), { label: "V", viewId });
      await database.db.update(view).set({ permission: "gone:read" }).where(eq(view.id, viewId));
      expect(shown(await owner.get(mine(slug))).items).toEqual([]);
    }));

  test("200 with what a module declares once it is granted, without it before and after", () =>
    inOurs(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { slug, owner, join } = await service.organization();
      const viewer = await join("viewer");
      const grant = (modules: string[]) => root.put(`/v1/orgs/${slug}/entitlements`, { modules });
      const viewId = await make(owner, views(slug), { key: "f", name: "F", url: "/f", permission: "forecast:read" });
      await make(owner, items(slug), { label: "Ours", viewId });
      const seen = async () => outline(shown(await owner.get(mine(slug))).items);
      expect(await seen()).toBe("");
      await grant(["forecast"]);
      expect(await seen()).toBe("Ours,forecast");
      await grant(["forecast", "chat"]);
      expect(await seen()).toBe("Ours,chat,forecast");
      expect(shown(await viewer.get(mine(slug))).items).toEqual([]);
      await grant([]);
      expect(await seen()).toBe("");
    }));

  test("200 with the entry point: the organization's, else everybody's, else the first that leads somewhere", () =>
    inOurs(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { slug, owner, join } = await service.organization();
      const entryPoint = async (who = owner) => shown(await who.get(mine(slug))).entryPoint;
      expect(await entryPoint()).toBeNull();
      const heading = await make(owner, items(slug), { label: "Heading" });
      const first = await make(owner, items(slug), { label: "First", url: "/first", parentId: heading });
      expect(await entryPoint()).toEqual({ id: first, url: "/first" });
      const theirs = await make(root, "/v1/admin/menu-items", {
        label: "Start",
        url: "/start",
        entryPoint: true,
        position: 7,
      });
      expect(await entryPoint()).toEqual({ id: theirs, url: "/start" });
      const viewId = await make(owner, views(slug), { key: "k", name: "K", url: "/k", permission: "apiKey:read" });
      const ours = await make(owner, items(slug), { label: "K", viewId, entryPoint: true, position: 8 });
      expect(await entryPoint()).toEqual({ id: ours, url: "/k" });
      expect(await entryPoint(await join("viewer"))).toEqual({ id: theirs, url: "/start" });
    }));

  test("304 for what If-None-Match names, until anything that decides changes", () =>
    inOurs(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { slug, owner, join, id } = await service.organization();
      const who = await join("viewer");
      const viewId = await make(owner, views(slug), { key: "t", name: "T", url: "/t", permission: "task:read" });
      const itemId = await make(owner, items(slug), { label: "T", viewId });
      let etag = (await who.get(mine(slug))).headers.get("etag") ?? "";
      const unchanged = async () => {
        for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
          const answer = await who.get(mine(slug), { "if-none-match": known });
          expect([answer.status, answer.text, answer.headers.get("etag")]).toEqual([304, "", etag]);
        }
      };
      const changes: [string, () => Promise<unknown>][] = [
        ["a role", () => setRole("member")],
        ["a role back", () => setRole("viewer")],
        ["a label", () => owner.patch(`${items(slug)}/${itemId}`, { label: "Tasks" })],
        ["a view", () => owner.patch(`${views(slug)}/${viewId}`, { url: "/tasks" })],
        ["everybody's", () => make(root, "/v1/admin/menu-items", { label: "Help", url: "/help" })],
        [
          "an entitlement",
          () => setRole("member").then(() => root.put(`/v1/orgs/${slug}/entitlements`, { modules: ["chat"] })),
        ],
        ["a permission", () => owner.patch(`${views(slug)}/${viewId}`, { permission: "apiKey:read" })],
        ["a deletion", () => owner.delete(`${items(slug)}/${itemId}`).then(() => setRole("admin"))],
      ];
      const setRole = (role: string) =>
        service.database.db
          .update(member)
          .set({ role })
          .where(and(eq(member.organizationId, id), eq(member.userId, who.userId)));
      for (const [what, change] of changes) {
        await unchanged();
        await change();
        const answer = await who.get(mine(slug), { "if-none-match": etag });
        expect([what, answer.status]).toEqual([what, 200]);
        expect(answer.headers.get("etag")).not.toBe(etag);
        expect(answer.headers.get("cache-control")).toBe("private, no-cache");
        etag = answer.headers.get("etag") ?? "";
      }
    }));

  test("one statement for the tree, however many items there are", () =>
    inOurs(async ({ organization, database }) => {
      const { slug, owner } = await organization();
      const heading = await make(owner, items(slug), { label: "Heading" });
      const viewId = await make(owner, views(slug), { key: "t", name: "T", url: "/t" });
      for (let n = 0; n < 12; n++) await make(owner, items(slug), { label: `${n}`, viewId, parentId: heading });
      let statements = 0;
      const scoped = database.scoped.bind(database);
      database.scoped = (settings) => {
        statements++;
        return scoped(settings);
      };
      expect(shown(await owner.get(mine(slug))).items[0]?.children).toHaveLength(12);
      expect(statements).toBe(1);
    }));

  test("200 for a key by what it holds", () =>
    inOurs(async ({ organization, anonymous }) => {
      const { slug, owner } = await organization();
      const viewId = await make(owner, views(slug), { key: "t", name: "T", url: "/t", permission: "task:read" });
      await make(owner, items(slug), { label: "T", viewId });
      const key = async (permissions: string[]) => {
        const { body } = await owner.post(`/v1/orgs/${slug}/api-keys`, { name: "k", permissions });
        return { "x-api-key": (body as { key: string }).key };
      };
      const seen = async (permissions: string[]) =>
        outline(shown(await anonymous.get(mine("current"), await key(permissions))).items);
      expect(await seen(["task:read"])).toBe("T");
      expect(await seen(["project:read"])).toBe("");
    }));
});

describe("navigation that a module declares", () => {
  const module = (navigation: NavigationEntry[], tier?: Module["tier"]): Module => ({
    name: "own",
    mounts: { "/own": () => createRouter() },
    permissions: ["own:read"],
    navigation,
    ...(tier ? { tier } : {}),
  });
  const start = (declared: Module) => refuseBadNavigation([declared], catalogueFrom([declared]).permissions);

  test("is refused at start where a permission isn't declared, a key is there twice, or a paid place is everybody's", () => {
    const entry = { key: "a", label: "A", url: "/a" };
    expect(() => start(module([{ ...entry, permission: "other:read" }]))).toThrow("other:read");
    expect(() => start(module([entry, { key: "b", label: "B", children: [entry] }]))).toThrow("twice");
    expect(() => start(module([entry], "premium"))).toThrow("needs a permission");
    expect(() => start(module([{ ...entry, permission: "own:read" }], "premium"))).not.toThrow();
    expect(() => start(module([entry]))).not.toThrow();
  });

  test("is a tree that leaves out what isn't held and what leads nowhere", () =>
    inSandbox(
      async ({ organization }) => {
        const { slug, owner, join } = await organization();
        expect(outline(shown(await owner.get(mine(slug))).items)).toBe("Top(Guarded,Open)");
        expect(outline(shown(await (await join("member")).get(mine(slug))).items)).toBe("Top(Open)");
      },
      {
        modules: [
          module([
            {
              key: "top",
              label: "Top",
              children: [
                { key: "open", label: "Open", url: "/open", position: 2 },
                { key: "guarded", label: "Guarded", url: "/guarded", permission: "own:read", position: 1 },
              ],
            },
            { key: "hollow", label: "Hollow", children: [{ key: "empty", label: "Empty" }] },
          ]),
          ...ours,
        ],
      },
    ));
});
