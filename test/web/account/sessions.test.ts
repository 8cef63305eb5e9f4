import { describe, expect, test } from "bun:test";
import type { Actor } from "../../harness/actor.ts";
import { absent } from "../../harness/answer.ts";
import { inSandbox, type Service } from "../../harness/app.ts";
import { password } from "../../harness/people.ts";
import { sendForm } from "../forms.ts";

const firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";

/** Signs somebody in once more, with another browser. */
const elsewhere = ({ anonymous }: Service, { email }: Actor, userAgent = firefox) =>
  anonymous.post("/api/auth/sign-in/email", { email, password }, { "user-agent": userAgent });
const sessionsOf = async (who: Actor) =>
  ((await who.get("/v1/me/sessions")).body as { data: { id: string; current: boolean }[] }).data;

describe("the page of devices", () => {
  test("names each by browser and system, marks this one, and offers to sign out the others", () =>
    inSandbox(async (service) => {
      const who = await service.signUp({ verified: true });
      expect((await who.get("/account/sessions")).text).not.toContain("Sign out everywhere else");
      await elsewhere(service, who);
      const { text } = await who.get("/account/sessions");
      expect(text).toContain("Firefox on Windows");
      expect(text).toContain("this one");
      expect(text.match(/\/account\/sessions\/[^/"]+\/end/g)?.length).toBe(2);
      expect((await who.get("/account/sessions", { "accept-language": "de" })).text).toContain("Firefox auf Windows");
    }));

  test("asks before it ends one, and ends that one only", () =>
    inSandbox(async (service) => {
      const who = await service.signUp({ verified: true });
      await elsewhere(service, who);
      await elsewhere(service, who, "curl/8.0");
      const [first] = await sessionsOf(who);
      const path = `/account/sessions/${first?.id}/end`;
      const asked = await who.get(path);
      expect([asked.status, asked.text.includes("Sign out curl?")]).toEqual([200, true]);
      expect(await sessionsOf(who)).toHaveLength(3);
      expect((await sendForm(who, path)).status).toBe(303);
      expect((await sessionsOf(who)).map(({ id }) => id)).not.toContain(first?.id);
      // A second click, or another tab.
      expect((await sendForm(who, path)).status).toBe(404);
      expect(await sessionsOf(who)).toHaveLength(2);
    }));

  test("ends all others, and stays signed in here", () =>
    inSandbox(async (service) => {
      const who = await service.signUp({ verified: true });
      await elsewhere(service, who);
      expect((await who.get("/account/sessions/others/end")).text).toContain("Sign out everywhere else?");
      expect((await sendForm(who, "/account/sessions/others/end")).status).toBe(303);
      expect(await sessionsOf(who)).toEqual([expect.objectContaining({ current: true })]);
    }));

  test("404 for another person's session and for none; it goes on", () =>
    inSandbox(async ({ signUp }) => {
      const [who, other] = [await signUp(), await signUp()];
      for (const id of [other.sessionId, absent, "%2e%2e", "x"]) {
        const path = `/account/sessions/${id}/end`;
        expect((await who.get(path)).status).toBe(404);
        expect((await sendForm(who, path)).status).toBe(404);
      }
      expect(await sessionsOf(other)).toHaveLength(1);
    }));

  test("pages", () =>
    inSandbox(async ({ signUp, database }) => {
      const who = await signUp();
      await database.statement(
        "",
        `insert into session (id, user_id, token, expires_at, created_at, updated_at)
        select gen_random_uuid(), $1, gen_random_uuid()::text, now() + interval '1 day', now(), now() from generate_series(1, 24)`,
        [who.userId],
      );
      const { text } = await who.get("/account/sessions");
      const next = /rel="next" href="([^"]+)"/.exec(text)?.[1]?.replaceAll("&amp;", "&") ?? "";
      expect(text.match(/<tr>/g)?.length).toBe(21);
      const second = await who.get(next);
      expect(second.text.match(/<tr>/g)?.length).toBe(6);
      expect(second.text).toContain("First page");
    }));
});

describe("the page of activity", () => {
  test("counts what somebody did in words, for the days that are asked for", () =>
    inSandbox(async ({ organization, signUp }) => {
      const { owner, slug } = await organization();
      await owner.post(`/v1/orgs/${slug}/projects`, { name: "Apollo" });
      const { text } = await owner.get("/account/activity?days=7");
      expect(text).toContain("Project created");
      expect(text).toContain('<option value="7" selected');
      expect((await owner.get("/account/activity", { "accept-language": "de" })).text).toContain("Projekt angelegt");
      expect((await (await signUp()).get("/account/activity?days=x")).text).toContain("Nothing in these days");
    }));
});
