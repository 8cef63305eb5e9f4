import { describe, expect, test } from "bun:test";
import type { Actor } from "../harness/actor.ts";
import { inSandbox } from "../harness/app.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };
const post = (who: Actor, path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  who.request("POST", path, { body: new URLSearchParams(fields).toString(), headers: { ...form, ...headers } });

describe("an organization's pages", () => {
  test("offer a viewer no place that they can't open, and refuse what they force", () =>
    inSandbox(async ({ organization }) => {
      const { slug, owner, join } = await organization();
      const viewer = await join("viewer");
      const home = `/console/${slug}`;
      const { text } = await viewer.get(home);
      for (const place of ["settings", "audit-events", "plan", "api-keys", "trash"]) {
        const offered = text.includes(`href="${home}/${place}"`);
        const { status } = await viewer.get(`${home}/${place}`);
        expect([place, status]).toEqual([place, offered ? 200 : 403]);
      }
      const before = (await owner.get(`/v1/orgs/${slug}`)).text;
      expect((await post(viewer, `${home}/settings`, { name: "Forced", slug: "forced" })).status).toBe(403);
      expect((await viewer.get(`${home}/danger/delete`)).status).toBe(403);
      expect((await viewer.get(`${home}/danger`)).text).not.toContain("danger/delete");
      const { name } = JSON.parse(before) as { name: string };
      expect((await post(viewer, `${home}/danger/delete`, { name })).status).toBe(403);
      expect((await owner.get(`/v1/orgs/${slug}`)).text).toBe(before);
    }));

  test("let a member leave, and are then not theirs to see", () =>
    inSandbox(async ({ organization }) => {
      const { slug, join } = await organization();
      const member = await join("member");
      expect((await post(member, `/console/${slug}/danger/leave`)).status).toBe(303);
      expect((await member.get(`/console/${slug}`)).status).toBe(404);
    }));

  test("delete an organization by its name alone, and only from here", () =>
    inSandbox(async ({ organization }) => {
      const { slug, owner } = await organization();
      const [path, api] = [`/console/${slug}/danger/delete`, `/v1/orgs/${slug}`];
      const { name } = (await owner.get(api)).body as { name: string };
      for (const other of ["", slug, name.toUpperCase(), `${name}.`])
        expect([other, (await post(owner, path, { name: other })).status]).toEqual([other, 422]);
      expect((await post(owner, path, { name }, { origin: "https://spa.example" })).status).toBe(403);
      expect((await owner.get(api)).status).toBe(200);
      expect((await post(owner, path, { name })).status).toBe(303);
      expect((await owner.get(api)).status).toBe(404);
    }));

  test("422 for a filter or a cursor that isn't one, and the whole list for a day that isn't", () =>
    inSandbox(async ({ organization }) => {
      const { slug, owner } = await organization();
      const path = `/console/${slug}/audit-events`;
      for (const query of ["action=nothing", "cursor=forged", "entityType=nothing"])
        expect([query, (await owner.get(`${path}?${query}`)).status]).toEqual([query, 422]);
      expect((await owner.get(`${path}?from=yesterday&to=%3Cb%3E`)).status).toBe(200);
    }));
});
