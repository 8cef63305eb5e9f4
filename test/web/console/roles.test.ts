import { expect, test } from "bun:test";
import type { Actor } from "../../harness/actor.ts";
import { inSandbox } from "../../harness/app.ts";
import { sendForm } from "../forms.ts";

type Entry = { permission: string; effect: string; scope: string; locked: boolean };

const entriesOf = async (who: Actor, organization: string, role: string) =>
  ((await who.get(`/v1/orgs/${organization}/roles/${role}/permissions`)).body as { permissions: Entry[] }).permissions;

test("who may not change roles sees them closed, and is refused when they force a form", () =>
  inSandbox(async ({ organization }) => {
    const { id, slug, owner, join } = await organization();
    await owner.post(`/v1/orgs/${id}/roles`, { name: "support", permissions: [{ permission: "task:read" }] });
    const [viewer, at] = [await join("viewer"), `/console/${slug}/roles`];
    const { text } = await viewer.get(`${at}/support`);
    expect(text.match(/type="radio"/g)?.length).toBe(text.match(/type="radio"[^>]*disabled/g)?.length);
    for (const offered of ["/-new", "/edit", "/delete", 'class="primary"']) expect(text).not.toContain(offered);
    expect((await viewer.get(`${at}/-new`)).status).toBe(403);
    for (const [path, fields] of [
      ["/-new", "name=mine"],
      ["/support", "entry.task%3Aread=deny"],
      ["/support/edit", "name=mine"],
      ["/support/delete", ""],
    ])
      expect([path, (await sendForm(viewer, at + path, fields ?? "")).status]).toEqual([path, 403]);
    expect(await entriesOf(owner, id, "support")).toMatchObject([{ permission: "task:read", effect: "allow" }]);
  }));

test("an administrator can't give what they don't hold, nor change what the platform has locked", () =>
  inSandbox(async ({ organization, signUp }) => {
    const { id, slug, owner, join } = await organization();
    const [admin, platform] = [await join("admin"), await signUp({ administrator: true })];
    await owner.post(`/v1/orgs/${id}/roles`, { name: "support" });
    const locked = { permissions: [{ permission: "task:delete", effect: "deny" }] };
    expect((await platform.put(`/v1/admin/orgs/${id}/roles/support/locks`, locked)).status).toBe(200);
    const at = `/console/${slug}/roles/support`;
    const radio = (text: string, permission: string, value: string) =>
      new RegExp(`<input[^>]*name="entry.${permission}"[^>]*value="${value}"[^>]*>`).exec(text)?.[0] ?? "";
    const { text } = await admin.get(at);
    expect(radio(text, "organization:delete", "allow")).toContain("disabled");
    expect(radio(text, "task:delete", "deny")).toMatch(/checked.*disabled|disabled.*checked/);
    expect(radio(text, "task:read", "allow")).not.toContain("disabled");
    expect(text).toContain("The platform&#39;s administrators have fixed this.");

    const beyond = await sendForm(admin, at, "entry.organization%3Adelete=allow&entry.task%3Aread=allow");
    expect(beyond.status).toBe(403);
    expect(beyond.text).toContain("You can&#39;t give a permission that you don&#39;t have.");
    // What was chosen is still chosen.
    expect(radio(beyond.text, "task:read", "allow")).toContain("checked");
    expect((await sendForm(admin, at, "entry.task%3Adelete=allow")).status).toBe(409);
    expect(await entriesOf(owner, id, "support")).toMatchObject([{ permission: "task:delete", effect: "deny" }]);
    expect((await sendForm(admin, at, "entry.task%3Aread=own")).status).toBe(303);
    expect(await entriesOf(owner, id, "support")).toMatchObject([
      { permission: "task:delete", effect: "deny", locked: true },
      { permission: "task:read", effect: "allow", scope: "own" },
    ]);
  }));

test("a copy leaves out what its maker doesn't hold, and says so; a built-in role stays as it is", () =>
  inSandbox(async ({ organization }) => {
    const { id, slug, join } = await organization();
    const [admin, at] = [await join("admin"), `/console/${slug}/roles`];
    expect((await admin.get(`${at}/-new?from=owner`)).text).toMatch(/\d+ permissions are left out/);
    expect((await sendForm(admin, `${at}/-new`, "name=deputy&from=owner")).status).toBe(303);
    const [copy, original] = [await entriesOf(admin, id, "deputy"), await entriesOf(admin, id, "admin")];
    expect(copy).toEqual(original);
    expect((await sendForm(admin, `${at}/viewer`, "entry.task%3Aread=deny")).status).toBe(409);
    expect((await admin.get(`${at}/nothing`)).status).toBe(404);
    expect((await sendForm(admin, `${at}/nothing`, "entry.task%3Aread=deny")).status).toBe(404);
  }));

test("412 for a version that somebody has changed; markup in a description is text", () =>
  inSandbox(async ({ organization }) => {
    const { id, slug, owner } = await organization();
    await owner.post(`/v1/orgs/${id}/roles`, { name: "support", description: "<b>bold</b>" });
    const at = `/console/${slug}/roles/support`;
    const first = await owner.get(at);
    expect(first.text).toContain("&lt;b&gt;bold&lt;/b&gt;");
    const version = encodeURIComponent(
      /name="version" value="([^"]*)"/.exec(first.text)?.[1]?.replaceAll("&quot;", '"') ?? "",
    );
    expect((await sendForm(owner, at, `version=${version}&entry.task%3Aread=allow`)).status).toBe(303);
    const second = await sendForm(owner, at, `version=${version}&entry.task%3Aread=deny`);
    expect(second.status).toBe(412);
    expect(second.text).toContain("Somebody has changed this in the meantime.");
    expect(await entriesOf(owner, id, "support")).toMatchObject([{ effect: "allow" }]);
  }));
