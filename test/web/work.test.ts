import { describe, expect, test } from "bun:test";
import type { Actor } from "../harness/actor.ts";
import { absent, type Answer } from "../harness/answer.ts";
import { inSandbox, type Organization, type Service } from "../harness/app.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };
const post = (who: Actor, path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  who.request("POST", path, { body: new URLSearchParams(fields).toString(), headers: { ...form, ...headers } });

const idOf = ({ body }: Answer) => (body as { id: string }).id;

/** A project with a task, and where their pages are. */
async function apollo({ slug }: Organization, owner: Actor) {
  const project = idOf(await owner.post(`/v1/orgs/${slug}/projects`, { name: "Apollo" }));
  const task = idOf(await owner.post(`/v1/orgs/${slug}/projects/${project}/tasks`, { title: "Launch" }));
  const home = `/console/${slug}`;
  return { project, task, home, one: `${home}/projects/${project}`, api: `/v1/orgs/${slug}/projects/${project}` };
}

/** What of the organization's work there is, to see that nothing changed. */
const state = async (owner: Actor, api: string) => [
  (await owner.get(`${api.replace(/\/[^/]+$/, "")}?deleted=include`)).text,
  (await owner.get(`${api}/tasks?deleted=include`)).text.replace(/"requestId":"[^"]*"/, ""),
];

/** A role that reaches one's own rows only. */
async function ownOnly({ database }: Service, { id, join }: Organization) {
  const permissions = ["project:read", "project:create", "project:update", "project:delete", "task:read"];
  const own = ["task:update", "task:delete"];
  const rules = Object.fromEntries([
    ...permissions.map((each) => [each, { scope: /read|create/.test(each) ? "organization" : "own" }]),
    ...own.map((each) => [each, { scope: "own" }]),
  ]);
  await database.statement(
    "",
    `insert into organization_role (id, organization_id, role, permission, rules, created_at) values ($1, $2, 'own', '{}', $3, now())`,
    [Bun.randomUUIDv7(), id, JSON.stringify(rules)],
  );
  return join("own");
}

describe("the pages of work", () => {
  test("offer a viewer nothing to change, and refuse what they force, with nothing changed", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const { home, one, task, api } = await apollo(organization, organization.owner);
      const viewer = await organization.join("viewer");
      const before = await state(organization.owner, api);
      for (const path of [`${home}/projects`, one])
        expect((await viewer.get(path)).text).not.toMatch(/\/(new|edit|delete|status)"/);
      for (const path of [`${home}/projects/new`, `${one}/edit`, `${one}/delete`, `${one}/tasks/new`])
        expect([path, (await viewer.get(path)).status]).toEqual([path, 403]);
      const forced: [string, Record<string, string>][] = [
        [`${home}/projects/new`, { name: "Forced" }],
        [`${one}/edit`, { name: "Forced" }],
        [`${one}/delete`, {}],
        [`${one}/tasks/new`, { title: "Forced", status: "todo" }],
        [`${one}/tasks/${task}/edit`, { title: "Forced", status: "todo" }],
        [`${one}/tasks/${task}/status`, { status: "done" }],
        [`${one}/tasks/${task}/delete`, {}],
      ];
      for (const [path, fields] of forced)
        expect([path, (await post(viewer, path, fields)).status]).toEqual([path, 403]);
      expect((await viewer.get(`${home}/trash`)).status).toBe(403);
      expect(await state(organization.owner, api)).toEqual(before);
    }));

  test("offer what reaches one's own only on one's own rows", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const { home, one, api } = await apollo(organization, organization.owner);
      const own = await ownOnly(service, organization);
      const theirs = idOf(await own.post(`/v1/orgs/${organization.slug}/projects`, { name: "Gemini" }));
      const { text } = await own.get(`${home}/projects`);
      expect(text).toContain(`${home}/projects/${theirs}/edit"`);
      expect(text).not.toContain(`${one}/edit"`);
      await organization.owner.post(`${api}/tasks`, { title: "Land", assigneeId: own.userId });
      const page = await own.get(one);
      expect(page.text.match(/\/edit"/g)?.length).toBe(1);
      expect((await post(own, `${one}/edit`, { name: "Forced" })).status).toBe(403);
    }));

  test("404 for another organization's rows, under either organization, and for a kind that no trash has", () =>
    inSandbox(async (service) => {
      const [mine, other] = [await service.organization(), await service.organization()];
      const { one, task, api } = await apollo(other, other.owner);
      const id = one.split("/").at(-1) ?? "";
      const before = await state(other.owner, api);
      const base = `/console/${mine.slug}`;
      for (const path of [
        `projects/${id}`,
        `projects/${id}/edit`,
        `projects/${absent}`,
        `projects/${id}/tasks/${task}/edit`,
      ]) {
        expect([path, (await mine.owner.get(`${base}/${path}`)).status]).toEqual([path, 404]);
        expect([path, (await mine.owner.get(`/console/${other.slug}/${path}`)).status]).toEqual([path, 404]);
      }
      for (const path of [
        `projects/${id}/delete`,
        `trash/projects/${id}/restore`,
        `trash/projects/${id}/delete`,
        `trash/other/${id}/delete`,
      ])
        expect([path, (await post(mine.owner, `${base}/${path}`)).status]).toEqual([path, 404]);
      expect(await state(other.owner, api)).toEqual(before);
    }));

  test("lead nowhere else in the API, whatever a path or a field names (CWE-22)", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const { owner, slug } = organization;
      const { home, project, one, api } = await apollo(organization, owner);
      await owner.delete(api);
      const before = await state(owner, api);
      const strays = [
        "..%2f..%2fprojects",
        "%2e%2e",
        `..%5c${project}`,
        `${project}%2frestore`,
        `${project}%3fx=1`,
        "%252e%252e",
      ];
      for (const stray of strays)
        for (const path of [
          `${home}/projects/${stray}/edit`,
          `${home}/projects/${stray}`,
          `${home}/projects/${stray}/tasks/new`,
        ]) {
          const { status, text } = await owner.get(path);
          expect([path, status === 404 || !text.includes("Apollo")]).toEqual([path, true]);
        }
      for (const within of ["..", "../..", `../projects/${project}`, `${project}/restore?`, ""]) {
        const { status } = await post(owner, `${home}/trash/tasks/${project}/restore`, { within, name: "x" });
        expect([within, status]).toEqual([within, 404]);
      }
      expect(await state(owner, api)).toEqual(before);
      expect([slug, (await owner.get(one)).status]).toEqual([slug, 404]);
    }));

  test("a form made before somebody else's change doesn't undo it", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const { owner } = organization;
      const { one, api } = await apollo(organization, owner);
      const version = /name="version" value="([^"]*)"/.exec((await owner.get(`${one}/edit`)).text)?.[1] ?? "";
      await owner.patch(api, { name: "Changed since" });
      const sent = { version: version.replaceAll("&quot;", '"'), name: "Late" };
      const late = await post(owner, `${one}/edit`, sent);
      expect([late.status, late.text.includes('value="Late"')]).toEqual([412, true]);
      expect((await owner.get(api)).text).toContain("Changed since");
    }));

  test("403 for a form from elsewhere, and nothing is deleted", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const { one, api } = await apollo(organization, organization.owner);
      const { status } = await post(organization.owner, `${one}/delete`, {}, { origin: "https://evil.example" });
      expect(status).toBe(403);
      expect((await organization.owner.get(api)).status).toBe(200);
    }));
});
