import { expect, test } from "bun:test";
import { absent } from "../../harness/answer.ts";
import { inSandbox } from "../../harness/app.ts";
import { sendForm } from "../forms.ts";

type Invitations = { data: { id: string; status: string; email: string }[] };

test("who may not invite is offered nothing, and is refused when they force it", () =>
  inSandbox(async ({ organization, mails }) => {
    const org = await organization();
    const [member, at] = [await org.join("member"), `/console/${org.slug}/invitations`];
    const { data } = (await org.owner.get(`/v1/orgs/${org.id}/invitations`)).body as Invitations;
    expect(data).toEqual([]);
    const { body } = await org.owner.post(`/v1/orgs/${org.id}/invitations`, { email: "grace@example.com" });
    const { id } = body as { id: string };
    mails.length = 0;
    expect((await member.get(`/console/${org.slug}/members`)).text).not.toContain("/invitations");
    for (const path of [at, `${at}/new`, `${at}/${id}/delete`]) expect((await member.get(path)).status).toBe(403);
    for (const path of [`${at}/new`, `${at}/${id}/resend`, `${at}/${id}/delete`])
      expect((await sendForm(member, path, "email=mary%40example.com&role.member=on")).status).toBe(403);
    const now = (await org.owner.get(`/v1/orgs/${org.id}/invitations`)).body as Invitations;
    expect(now.data).toMatchObject([{ email: "grace@example.com", status: "pending" }]);
    expect(mails).toEqual([]);
  }));

test("an administrator isn't offered the owner's role, and is refused when they force it", () =>
  inSandbox(async ({ organization, mails }) => {
    const org = await organization();
    const admin = await org.join("admin");
    const at = `/console/${org.slug}/invitations/new`;
    expect((await admin.get(at)).text).toMatch(/name="role.owner"[^>]*disabled/);
    const forced = await sendForm(admin, at, "email=grace%40example.com&role.owner=on");
    expect(forced.status).toBe(403);
    expect(forced.text).toContain("This role may do more than you");
    expect(forced.text).toContain('value="grace@example.com"');
    expect(mails).toEqual([]);
  }));

test("404 for an invitation of another organization; one that has expired says so", () =>
  inSandbox(async ({ organization, clock }) => {
    const [here, there] = [await organization(), await organization()];
    const { body } = await there.owner.post(`/v1/orgs/${there.id}/invitations`, { email: "grace@example.com" });
    for (const id of [(body as { id: string }).id, absent, "x"]) {
      const at = `/console/${here.slug}/invitations/${id}`;
      expect((await here.owner.get(`${at}/delete`)).status).toBe(404);
      for (const path of ["delete", "resend"])
        expect((await sendForm(here.owner, `${at}/${path}`, "")).status).toBe(404);
    }
    clock.advance(49 * 3_600_000);
    expect((await there.owner.get(`/console/${there.slug}/invitations`)).text).toContain("Expired");
  }));
