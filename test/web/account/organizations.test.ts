import { describe, expect, test } from "bun:test";
import { inSandbox } from "../../harness/app.ts";
import { kept, sendForm } from "../forms.ts";

describe("the page of organizations", () => {
  test("creates one from its name, and leads to its console; a slug that is taken is told beside its field", () =>
    inSandbox(async ({ signUp }) => {
      const who = await signUp();
      expect((await who.get("/account/organizations")).text).toContain("You aren&#39;t in an organization yet");
      const made = await sendForm(who, "/account/organizations/new", { name: "Analytical Engines", slug: "" });
      expect([made.status, made.headers.get("location")]).toEqual([303, "/console/analytical-engines"]);
      const taken = await sendForm(who, "/account/organizations/new", { name: "Other", slug: "analytical-engines" });
      expect([taken.status, taken.text.includes('id="slug-wrong"')]).toEqual([409, true]);
      expect(taken.text).toContain('value="Other"');
      expect((await who.get("/account/organizations")).text.match(/<tr>/g)?.length).toBe(2);
    }));

  test("finds by a part of the name, and shows markup in one as what it is", () =>
    inSandbox(async ({ signUp }) => {
      const who = await signUp();
      for (const name of ["<b>Bold</b> & Co", "100% Plain"]) await who.post("/v1/orgs", { name });
      const found = await who.get("/account/organizations?q=bold");
      expect(found.text).toContain("&lt;b&gt;Bold&lt;/b&gt; &amp; Co");
      expect(found.text).not.toContain("100% Plain");
      expect((await who.get("/account/organizations?q=%25")).text).toContain("100% Plain");
      expect((await who.get("/account/organizations?q=nothing")).text).toContain("Show all");
    }));

  test("asks before one leaves; the last owner is told why not, and stays", () =>
    inSandbox(async (service) => {
      const { owner, slug, join } = await service.organization();
      const member = await join("member");
      const path = `/account/organizations/${slug}/leave`;
      expect((await member.get(path)).status).toBe(200);
      expect((await sendForm(member, path)).status).toBe(303);
      expect((await member.get(`/v1/orgs/${slug}`)).status).toBe(404);
      // A second click, or another tab.
      expect((await sendForm(member, path)).status).toBe(404);
      const kept = await sendForm(owner, path);
      expect([kept.status, kept.text.includes("at least one owner")]).toEqual([409, true]);
      expect((await owner.get(`/v1/orgs/${slug}`)).status).toBe(200);
      expect((await (await service.signUp()).get(path)).status).toBe(404);
    }));
});

describe("the page of invitations", () => {
  test("accepts one, and leads to the organization; declines another after it has asked", () =>
    inSandbox(async (service) => {
      const who = await service.signUp({ email: "ada@example.com", verified: true });
      const [first, second] = [await service.organization(), await service.organization()];
      for (const { owner, slug } of [first, second])
        await owner.post(`/v1/orgs/${slug}/invitations`, { email: who.email, role: "member" });
      const { data } = (await who.get("/v1/me/invitations")).body as {
        data: { id: string; organization: { slug: string } }[];
      };
      const idOf = (slug: string) => data.find(({ organization }) => organization.slug === slug)?.id ?? "";
      const joined = await sendForm(who, "/account/invitations", { accept: idOf(first.slug) });
      expect([joined.status, joined.headers.get("location")]).toEqual([303, `/console/${first.slug}`]);
      const welcome = await who.get(`/console/${first.slug}`, { cookie: `${who.cookie}; ${kept(joined)}` });
      expect(welcome.text).toContain("Welcome to");
      const again = await sendForm(who, "/account/invitations", { accept: idOf(first.slug) });
      expect([again.status, again.text.includes("isn&#39;t open any more")]).toEqual([409, true]);
      const decline = `/account/invitations/${idOf(second.slug)}/decline`;
      expect((await who.get(decline)).text).toContain("Decline the invitation to");
      expect((await sendForm(who, decline)).status).toBe(303);
      expect((await who.get("/account/invitations")).text).toContain("No open invitations");
    }));

  test("404 for another person's; whose address isn't verified is told to verify it", () =>
    inSandbox(async (service) => {
      const { owner, slug } = await service.organization();
      const [who, other] = [
        await service.signUp({ email: "ada@example.com", verified: true }),
        await service.signUp({ verified: true }),
      ];
      const sent = await owner.post(`/v1/orgs/${slug}/invitations`, { email: who.email, role: "member" });
      const { id } = sent.body as { id: string };
      expect((await sendForm(other, "/account/invitations", { accept: id })).status).toBe(404);
      expect((await other.get(`/account/invitations/${id}/decline`)).status).toBe(404);
      expect((await sendForm(other, `/account/invitations/${id}/decline`)).status).toBe(404);
      expect((await who.get("/account/invitations")).text).toContain("Accept");
      const unverified = await service.signUp();
      expect((await unverified.get("/account/invitations")).text).toContain("Verify your address first");
    }));
});
