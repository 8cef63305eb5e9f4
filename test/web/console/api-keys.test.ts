import { expect, test } from "bun:test";
import { absent } from "../../harness/answer.ts";
import { inSandbox } from "../../harness/app.ts";
import { sendForm } from "../forms.ts";

type Key = {
  id: string;
  name: string;
  enabled: boolean;
  permissions: string[];
  remaining: number | null;
  refill: object | null;
  expiresAt: string | null;
};
type Keys = { data: Key[] };

test("who may only see keys is offered nothing else, and is refused when they force it; who may not, sees none", () =>
  inSandbox(async ({ organization }) => {
    const { id, slug, owner, join } = await organization();
    const keys = `/v1/orgs/${id}/api-keys`;
    const { body } = await owner.post(keys, { name: "Deployment" });
    await owner.post(`/v1/orgs/${id}/roles`, {
      name: "auditor",
      permissions: [{ permission: "apiKey:read" }, { permission: "organization:read" }],
    });
    const [auditor, member] = [await join("auditor"), await join("member")];
    const [list, at] = [`/console/${slug}/api-keys`, `/console/${slug}/api-keys/${(body as Key).id}`];
    expect((await auditor.get(list)).text).not.toContain("/api-keys/new");
    const { text } = await auditor.get(at);
    for (const offered of ["/edit", "/rotate", "/disable", "/delete"]) expect(text).not.toContain(offered);
    for (const path of [list, at]) expect((await member.get(path)).status).toBe(403);
    expect((await auditor.get(`${list}/new`)).status).toBe(403);
    for (const who of [auditor, member])
      for (const path of [`${list}/new`, `${at}/edit`, `${at}/rotate`, `${at}/disable`, `${at}/delete`])
        expect([path, (await sendForm(who, path, "name=Mine&overlap=0")).status]).toEqual([path, 403]);
    expect(((await owner.get(keys)).body as Keys).data).toMatchObject([{ name: "Deployment", enabled: true }]);
  }));

test("a key is never given what its maker doesn't hold; 404 for another organization's, with nothing changed", () =>
  inSandbox(async ({ organization }) => {
    const [here, there] = [await organization(), await organization()];
    const admin = await here.join("admin");
    const at = `/console/${here.slug}/api-keys`;
    expect((await admin.get(`${at}/new`)).text).not.toContain("permission.organization:delete");
    const beyond = await sendForm(admin, `${at}/new`, "name=Mine&permission.organization%3Adelete=on");
    expect(beyond.status).toBe(403);
    expect(beyond.text).toContain('value="Mine"');
    const { body } = await there.owner.post(`/v1/orgs/${there.id}/api-keys`, { name: "Theirs" });
    for (const id of [(body as Key).id, absent, "x"]) {
      expect((await admin.get(`${at}/${id}`)).status).toBe(404);
      for (const path of ["edit", "rotate", "disable", "delete"])
        expect((await sendForm(admin, `${at}/${id}/${path}`, "name=Mine&overlap=0")).status).toBe(404);
    }
    const { data } = (await there.owner.get(`/v1/orgs/${there.id}/api-keys`)).body as Keys;
    expect(data).toMatchObject([{ name: "Theirs", enabled: true }]);
    expect(((await here.owner.get(`/v1/orgs/${here.id}/api-keys`)).body as Keys).data).toEqual([]);
  }));

test("a form changes only what was changed in it: uses that went meanwhile don't come back", () =>
  inSandbox(async ({ organization, anonymous }) => {
    const { id, slug, owner } = await organization();
    const keys = `/v1/orgs/${id}/api-keys`;
    const refill = { amount: 10, intervalMs: 90_000 };
    const given = {
      name: "<i>CI</i>",
      permissions: ["task:read"],
      remaining: 10,
      refill,
      expiresAt: "2099-01-01T08:00:00Z",
    };
    const made = (await owner.post(keys, given)).body as Key & { key: string };
    const at = `/console/${slug}/api-keys/${made.id}`;
    const { text } = await owner.get(`${at}/edit`);
    expect(text).toContain("&lt;i&gt;CI&lt;/i&gt;");
    const fields = new URLSearchParams();
    for (const [, field = ""] of text.matchAll(/<input([^>]*)>/g)) {
      const [name, value] = ["name", "value"].map((each) => new RegExp(` ${each}="([^"]*)"`).exec(field)?.[1]);
      const box = field.includes('type="checkbox"');
      if (name && (!box || field.includes(" checked")))
        fields.set(name, box ? "on" : (value ?? "").replaceAll("&quot;", '"'));
    }
    fields.set("refill.intervalMs", "90000");
    fields.set("name", "CI");
    await anonymous.get("/v1/verify", { "x-api-key": made.key });
    expect((await sendForm(owner, `${at}/edit`, fields.toString())).status).toBe(303);
    const now = (await owner.get(`${keys}/${made.id}`)).body as Key;
    expect(now).toMatchObject({
      name: "CI",
      permissions: ["task:read"],
      remaining: 9,
      refill,
      expiresAt: made.expiresAt,
    });
  }));

test("a key is shown on the page that made it and on no other; adding one takes a recent sign-in first", () =>
  inSandbox(async ({ organization, clock }) => {
    const { slug, owner } = await organization();
    const at = `/console/${slug}/api-keys`;
    const made = await sendForm(owner, `${at}/new`, "name=CI");
    expect([made.status, made.headers.get("cache-control")]).toEqual([201, "no-store"]);
    const key = /id="key"[^>]*>\s*(gh_\w+)/.exec(made.text)?.[1] ?? "";
    expect(key).not.toBe("");
    expect((await owner.get(at)).text).not.toContain(key);
    clock.advance(16 * 60_000);
    for (const answer of [await owner.get(`${at}/new`), await sendForm(owner, `${at}/new`, "name=Other")]) {
      expect(answer.status).toBe(303);
      const place = encodeURIComponent(`${at}/new`);
      expect(answer.headers.get("location")).toBe(`/auth/sign-in?reauthenticate=1&return_to=${place}`);
    }
    expect((await owner.get(at)).text).not.toContain("Other");
  }));
