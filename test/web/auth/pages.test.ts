import { describe, expect, test } from "bun:test";
import type { Actor } from "../../harness/actor.ts";
import { inSandbox, type Service } from "../../harness/app.ts";
import { ask, links } from "../../harness/mailed-links.ts";
import { mailedLink, mailedSecret } from "../../harness/mails.ts";
import { password } from "../../harness/people.ts";

const send = (who: Actor, path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  who.request("POST", path, {
    body: new URLSearchParams(fields).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  });

const forged = ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"];

describe("the pages of mailed links", () => {
  test.each(Object.keys(links))("spend nothing of one %s by being opened, whoever opens them, however often", (name) =>
    inSandbox(async (service) => {
      const { to, use } = await links[name]!(service);
      const { pathname, search, hash } = mailedLink(service, to);
      for (const who of [service.anonymous, await service.signUp()])
        for (const method of ["GET", "HEAD"]) {
          const { status, headers } = await who.request(method, pathname + search);
          expect([200, 403]).toContain(status);
          expect(headers.get("cache-control")).toBe("no-store");
        }
      expect((await use(hash.slice(1))).status).toBe(200);
    }),
  );

  test("S7: 403, and nothing is spent, for a form that another site sends", () =>
    inSandbox(async (service) => {
      const { email } = await service.signUp();
      await ask(service, email);
      const token = mailedSecret(service, email);
      const evil = { origin: "https://evil.example" };
      for (const path of ["/auth/link", "/auth/verify", "/auth/reset", "/auth/sign-out", "/auth/provider"])
        expect([path, (await send(service.anonymous, path, { token }, evil)).status]).toEqual([path, 403]);
      expect((await send(service.anonymous, "/auth/link", { token })).status).toBe(303);
    }));

  test("422 or 400 for a secret that is none, which comes back as text and never as markup", () =>
    inSandbox(async ({ anonymous }) => {
      for (const path of ["/auth/link", "/auth/verify", "/auth/change-email", "/auth/reset", "/auth/invitation/x"]) {
        const fields = { token: `"><script>alert(1)</script>`, password: "a new password" };
        const { status, text } = await send(anonymous, path, fields);
        expect([path, status]).toEqual([path, 400]);
        expect(text).not.toContain("<script>alert");
      }
    }));
});

describe("where one is led", () => {
  const led = async (service: Service, place: string): Promise<Record<string, string | null>> => {
    const { anonymous } = service;
    const { email } = await service.signUp({ verified: true });
    const at = { return_to: place };
    const location = async (answer: ReturnType<typeof send>) => (await answer).headers.get("location");
    const found: Record<string, string | null> = {
      "after a sign-in": await location(send(anonymous, "/auth/sign-in", { ...at, email, password })),
      "after asking for a code": await location(send(anonymous, "/auth/code", { ...at, email })),
    };
    const token = mailedSecret(service, email);
    found["in the mail"] = mailedLink(service, email).searchParams.get("return_to");
    found["after a link"] = await location(send(anonymous, "/auth/link", { ...at, token }));
    await send(anonymous, "/auth/forgot", { ...at, email });
    const fields = { ...at, token: mailedSecret(service, email), password: "battery horse correct" };
    found["after a new password"] = await location(send(anonymous, "/auth/reset", fields));
    const query = new URLSearchParams({ by: "passkey", ...at });
    found["after a passkey"] = (await anonymous.get(`/auth/continue?${query}`)).headers.get("location");
    query.set("twoFactorRedirect", "true");
    found["after a provider, to a second factor"] = (await anonymous.get(`/auth/continue?${query}`)).headers.get(
      "location",
    );
    return found;
  };

  test("is a trusted origin, carried through every step", () =>
    inSandbox(async (service) => {
      const place = "https://spa.example/inbox?tab=1#top";
      const then = `return_to=${encodeURIComponent(place)}`;
      expect(await led(service, place)).toEqual({
        "after a sign-in": place,
        "after asking for a code": `/auth/code/enter?${then}`,
        "in the mail": place,
        "after a link": place,
        "after a new password": `/auth/sign-in?${then}`,
        "after a passkey": place,
        "after a provider, to a second factor": `/auth/two-factor?${then}`,
      });
    }));

  test.each(forged)("H1: is never %s (CWE-601)", (place) =>
    inSandbox(async (service) => {
      expect(await led(service, place)).toEqual({
        "after a sign-in": "/",
        "after asking for a code": "/auth/code/enter",
        "in the mail": null,
        "after a link": "/",
        "after a new password": "/auth/sign-in",
        "after a passkey": "/",
        "after a provider, to a second factor": "/auth/two-factor",
      });
    }),
  );
});

describe("an invitation's page", () => {
  test("tells nothing of the invitation to who hasn't its mail", () =>
    inSandbox(async (service) => {
      const { owner, id } = await service.organization();
      const email = "guest@example.com";
      await owner.post(`/v1/orgs/${id}/invitations`, { email });
      const { pathname } = mailedLink(service, email);
      const [anonymous, stranger] = [
        await service.anonymous.get(pathname),
        await (await service.signUp()).get(pathname),
      ];
      const guessed = await send(service.anonymous, pathname, { token: "x".repeat(43) });
      expect([anonymous.status, stranger.status, guessed.status]).toEqual([200, 403, 400]);
      for (const { text } of [anonymous, stranger, guessed]) {
        expect(text).not.toContain(email);
        expect(text).not.toContain("Organization org-");
      }
    }));

  test("signs up with the invited address alone, whatever the form says", () =>
    inSandbox(async (service) => {
      const { owner, id } = await service.organization();
      const email = "guest@example.com";
      await owner.post(`/v1/orgs/${id}/invitations`, { email });
      const { pathname, hash } = mailedLink(service, email);
      const fields = { token: hash.slice(1), name: "Guest", password };
      const other = await send(service.anonymous, `${pathname}/sign-up`, { ...fields, email: "other@example.com" });
      expect(other.status).toBe(400);
      const { status, headers } = await send(service.anonymous, `${pathname}/sign-up`, { ...fields, email });
      expect([status, headers.get("location")]).toEqual([303, `/console/${id}`]);
    }));
});

test("E1: known and unknown addresses get the same page, and lead to the same place", () =>
  inSandbox(
    async (service) => {
      const { email: known } = await service.signUp({ verified: true });
      const paths: [string, Record<string, string>][] = [
        ["/auth/sign-in", { password: "a wrong one" }],
        ["/auth/sign-up", { name: "Somebody", password }],
        ["/auth/forgot", {}],
        ["/auth/verify/again", {}],
        ["/auth/code", {}],
        ["/auth/code/enter", { code: "000000" }],
      ];
      for (const [path, fields] of paths) {
        const seen = [];
        for (const email of [known, known.replace("user-", "none-")]) {
          const { status, headers, text } = await send(service.anonymous, path, { ...fields, email });
          seen.push([path, status, headers.get("location"), text.replaceAll(email, "")]);
        }
        expect(seen[0]).toEqual(seen[1] ?? []);
      }
    },
    { env: { SIGN_UP: "verified" } },
  ));
