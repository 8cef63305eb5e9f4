import { describe, expect, test } from "bun:test";
import type { Actor } from "../harness/actor.ts";
import { modules } from "../../src/modules.ts";
import { inSandbox } from "../harness/app.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };
const post = (who: Actor, path: string, fields: Record<string, string> = {}, headers = {}) =>
  who.request("POST", path, { body: new URLSearchParams(fields).toString(), headers: { ...form, ...headers } });

type Granted = { modules: { name: string; granted: boolean }[] };
type Banned = { banned: boolean; banReason: string | null; banExpires: string | null; role: string };

describe("the administration's pages", () => {
  test("404 alike for everybody else, whatever is there, and nothing is changed when forced", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { id, owner } = await service.organization();
      const seen: string[] = [];
      for (const path of [
        "",
        "/users",
        `/users/${root.userId}`,
        "/organizations",
        `/organizations/${id}`,
        "/history",
        "/none",
      ]) {
        const { status, text } = await owner.get(`/admin${path}`);
        expect([path, status]).toEqual([path, 404]);
        seen.push(text.replaceAll(`/admin${path}`, ""));
      }
      expect(new Set(seen).size).toBe(1);
      for (const action of ["ban", "role", "delete", "impersonate", "end-sessions"])
        expect((await post(owner, `/admin/users/${root.userId}/${action}`, { role: "user" })).status).toBe(404);
      const { body } = await root.get(`/v1/admin/users/${root.userId}`);
      expect(body).toMatchObject({ role: "admin", banned: false });
    }));

  test("403 for a form of another site, and nothing is changed", () =>
    inSandbox(async (service) => {
      const [root, eve] = [await service.signUp({ administrator: true }), await service.signUp()];
      const sent = await post(root, `/admin/users/${eve.userId}/ban`, {}, { origin: "https://evil.example" });
      expect(sent.status).toBe(403);
      expect((await root.get(`/v1/admin/users/${eve.userId}`)).body).toMatchObject({ banned: false });
    }));

  test("ban with a reason and a time, and lift it", () =>
    inSandbox(async (service) => {
      const [root, eve] = [await service.signUp({ administrator: true }), await service.signUp({ name: "Eve" })];
      const at = `/admin/users/${eve.userId}`;
      expect((await post(root, `${at}/ban`, { reason: "Spam", length: "week" })).headers.get("location")).toBe(at);
      const banned = (await root.get(`/v1${at}`)).body as Banned;
      expect([banned.banned, banned.banReason]).toEqual([true, "Spam"]);
      const days = (Date.parse(banned.banExpires ?? "") - service.clock.now().getTime()) / 86_400_000;
      expect(days).toBeCloseTo(7, 1);
      expect((await root.get("/admin/users?state=banned")).text).toContain(eve.email);
      expect((await root.get(at)).text).toContain("Lift the ban");
      await post(root, `${at}/unban`);
      expect((await root.get(`/v1${at}`)).body).toMatchObject({ banned: false });
      expect((await root.get("/admin/users?state=banned")).text).not.toContain(eve.email);
    }));

  test("make an administrator and no longer; the page refuses what another one has done meanwhile", () =>
    inSandbox(async (service) => {
      const [root, eve] = [await service.signUp({ administrator: true }), await service.signUp()];
      const at = `/admin/users/${eve.userId}`;
      const version = /name="version" value="([^"]+)"/.exec((await root.get(`${at}/role`)).text)?.[1] ?? "";
      await root.post(`/v1${at}/ban`, {});
      const late = await post(root, `${at}/role`, { role: "admin", version: version.replaceAll("&quot;", '"') });
      expect([late.status, late.text.includes("Somebody has changed this")]).toEqual([412, true]);
      await post(root, `${at}/unban`);
      await post(root, `${at}/role`, { role: "admin" });
      expect((await root.get("/admin/users?state=admins")).text).toContain(eve.email);
      await post(root, `${at}/role`, { role: "user" });
      expect((await root.get(`/v1${at}`)).body).toMatchObject({ role: "user" });
    }));

  test("say what an administrator can't do to their own account, and don't offer it", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { text } = await root.get(`/admin/users/${root.userId}`);
      expect(text).not.toContain(`/admin/users/${root.userId}/delete`);
      const forced = await post(root, `/admin/users/${root.userId}/delete`);
      expect([forced.status, forced.text.includes("your own account")]).toEqual([409, true]);
    }));

  test("delete an account, and end all of somebody's sessions", () =>
    inSandbox(async (service) => {
      const [root, eve] = [await service.signUp({ administrator: true }), await service.signUp()];
      const at = `/admin/users/${eve.userId}`;
      expect((await post(root, `${at}/end-sessions`)).status).toBe(303);
      expect((await eve.get("/v1/me")).status).toBe(401);
      expect((await root.get(`${at}/sessions`)).text).toContain("Nobody is signed in");
      expect((await post(root, `${at}/delete`)).headers.get("location")).toBe("/admin/users");
      expect((await root.get(at)).status).toBe(404);
    }));

  test("act as somebody: every page says so, the administration is closed, and stopping leads back", () =>
    inSandbox(async (service) => {
      const [root, eve] = [await service.signUp({ administrator: true }), await service.signUp({ name: "Eve Acted" })];
      const sent = await post(root, `/admin/users/${eve.userId}/impersonate`);
      expect([sent.status, sent.headers.get("location")]).toEqual([303, "/account"]);
      const cookie = sent.headers
        .getSetCookie()
        .map((each) => each.split(";")[0])
        .join("; ");
      const acting = { cookie };
      const page = await service.anonymous.get("/account", acting);
      expect(page.text).toContain("You act as Eve Acted.");
      expect((await service.anonymous.get("/admin", acting)).status).toBe(404);
      const stopped = await service.anonymous.request("POST", "/auth/stop-acting", { headers: { ...form, ...acting } });
      expect([stopped.status, stopped.headers.get("location")]).toEqual([303, "/admin"]);
      expect(stopped.headers.getSetCookie().join()).toContain("session_token");
    }));

  test("lead to a fresh sign-in, and back to the question, who signed in long ago; nothing is changed", () =>
    inSandbox(async (service) => {
      const [root, eve] = [await service.signUp({ administrator: true }), await service.signUp()];
      service.clock.advance(3600 * 1000);
      const at = `/admin/users/${eve.userId}`;
      const { status, headers } = await post(root, `${at}/ban`, { length: "week" });
      const back = encodeURIComponent(`${at}/ban`);
      expect([status, headers.get("location")]).toEqual([303, `/auth/sign-in?reauthenticate=1&return_to=${back}`]);
      expect((await root.get(`/v1${at}`)).body).toMatchObject({ banned: false });
    }));

  test("grant an organization the modules that are ticked, and withdraw the others", () =>
    inSandbox(
      async (service) => {
        const root = await service.signUp({ administrator: true });
        const { id } = await service.organization();
        const at = `/admin/organizations/${id}`;
        const granted = async () =>
          ((await root.get(`/v1/admin/orgs/${id}/entitlements`)).body as Granted).modules
            .filter(({ name, granted }) => granted && ["reports", "exports"].includes(name))
            .map(({ name }) => name);
        expect((await root.get(at)).text).toContain('name="module.reports"');
        await post(root, at, { "module.reports": "on", "module.exports": "on" });
        expect(await granted()).toEqual(["reports", "exports"]);
        expect((await root.get(at)).text).toMatch(/name="module.reports" type="checkbox" checked/);
        await post(root, at, { "module.exports": "on" });
        expect(await granted()).toEqual(["exports"]);
      },
      {
        modules: [
          ...modules,
          { name: "reports", tier: "premium", mounts: {} },
          { name: "exports", tier: "optional", mounts: {} },
        ],
      },
    ));

  test("change a subscription; a status that can't follow is told beside the form", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { id } = await service.organization();
      const at = `/admin/organizations/${id}`;
      await post(root, `${at}/subscription`, { plan: "pro", status: "active" });
      expect((await root.get(`/v1/admin/orgs/${id}/subscription`)).body).toMatchObject({
        plan: "pro",
        status: "active",
      });
      const wrong = await post(root, `${at}/subscription`, { plan: "Not so", status: "trialing" });
      expect([wrong.status, wrong.text.includes('value="Not so"')]).toEqual([422, true]);
      const late = await post(root, `${at}/subscription`, { plan: "pro", status: "trialing" });
      expect([late.status, late.text.includes("can&#39;t become this")]).toEqual([409, true]);
    }));

  test("tell who did what, by person and by day; a day that isn't one filters nothing", () =>
    inSandbox(async (service) => {
      const [root, eve] = [await service.signUp({ administrator: true, name: "Root" }), await service.signUp()];
      await post(root, `/admin/users/${eve.userId}/ban`, { reason: "Spam and more" });
      const done = await root.get(`/admin/history?entityId=${eve.userId}`);
      expect(done.text).toContain("Spam and more");
      expect((await root.get(`/admin/history?entityId=${eve.userId}&to=1999-01-01`)).text).toContain("Nothing found");
      expect((await root.get(`/admin/history?entityId=${eve.userId}&to=yesterday`)).text).toContain("Spam and more");
      expect((await root.get("/admin/history?entityType=nothing")).status).toBe(422);
    }));
});
