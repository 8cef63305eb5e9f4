import { expect, test } from "bun:test";
import type { Actor } from "../../harness/actor.ts";
import { absent } from "../../harness/answer.ts";
import { inSandbox, type Organization } from "../../harness/app.ts";
import { sendForm } from "../forms.ts";

type Member = { id: string; role: string };
const memberOf = async ({ id }: Organization, who: Actor) =>
  (await who.get(`/v1/orgs/${id}/members/me`)).body as Member;

test("what a role doesn't allow isn't offered, and is refused when forced: nothing changes", () =>
  inSandbox(async ({ organization }) => {
    const org = await organization();
    const [viewer, admin] = [await org.join("viewer"), await org.join("admin")];
    const owner = await memberOf(org, org.owner);
    const at = `/console/${org.slug}/members/${owner.id}`;
    for (const who of [viewer, admin]) {
      const { status, text } = await who.get(at);
      expect(status).toBe(200);
      for (const offered of ['<button class="primary"', '/delete"', '/owner"']) expect(text).not.toContain(offered);
      expect((await sendForm(who, at, "role.viewer=on")).status).toBe(403);
      expect((await sendForm(who, `${at}/delete`, "")).status).toBe(403);
      expect((await sendForm(who, `${at}/owner`, "become=viewer")).status).toBe(403);
    }
    expect(await memberOf(org, org.owner)).toMatchObject({ role: "owner" });
    expect(await memberOf(org, admin)).toMatchObject({ role: "admin" });
  }));

test("404 for a member of another organization, for none, and for a part of a path that leads elsewhere", () =>
  inSandbox(async ({ organization }) => {
    const [here, there] = [await organization(), await organization()];
    const foreign = await memberOf(there, there.owner);
    for (const id of [foreign.id, absent, "x", "..%2f..", "%252e%252e"])
      for (const page of ["", "/delete", "/owner", "/permissions"]) {
        const path = `/console/${here.slug}/members/${id}${page}`;
        expect((await here.owner.get(path)).status).toBe(404);
        if (page !== "/permissions") expect((await sendForm(here.owner, path, "role.viewer=on")).status).toBe(404);
      }
    expect(await memberOf(there, there.owner)).toMatchObject({ role: "owner" });
  }));

test("409 beside the form for the last owner, 412 for a version that somebody has changed", () =>
  inSandbox(async ({ organization }) => {
    const org = await organization();
    const { id } = await memberOf(org, org.owner);
    const at = `/console/${org.slug}/members/${id}`;
    const last = await sendForm(org.owner, at, "role.viewer=on");
    expect(last.status).toBe(409);
    expect(last.text).toContain("An organization keeps at least one owner.");
    const stale = await sendForm(org.owner, at, "role.owner=on&role.admin=on&version=%22old%22");
    expect(stale.status).toBe(412);
    expect(await memberOf(org, org.owner)).toMatchObject({ role: "owner" });
  }));

test("markup in a name is text, and another site's form is refused", () =>
  inSandbox(async ({ organization, signUp }) => {
    const org = await organization();
    const who = await org.join("viewer", await signUp({ name: `<img src=x onerror=alert(1)>"'` }));
    const { id } = await memberOf(org, who);
    const at = `/console/${org.slug}/members`;
    for (const path of [at, `${at}/${id}`, `${at}/${id}/delete`, `${at}/${id}/owner`, `${at}/${id}/permissions`]) {
      const { status, text } = await org.owner.get(path);
      expect([path, status]).toEqual([path, 200]);
      expect(text).toContain("&lt;img src=x");
      expect(text).not.toContain("<img");
    }
    const forged = await sendForm(org.owner, `${at}/${id}/delete`, "", { origin: "https://spa.example" });
    expect(forged.status).toBe(403);
    expect((await org.owner.get(`/v1/orgs/${org.id}/members/${id}`)).status).toBe(200);
  }));
