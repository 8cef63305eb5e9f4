import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { account, auditEvent, user } from "../../../src/schema.ts";
import { connectedFrom } from "../../harness/actor.ts";
import { inSandbox, type Service } from "../../harness/app.ts";
import { cookieOf } from "../../harness/cookies.ts";
import { openProvider, type OpenIdProvider } from "../../harness/provider.ts";

let provider: OpenIdProvider;
beforeAll(async () => {
  provider = await openProvider();
});
beforeEach(() => {
  provider.claims = { sub: "ada-at-acme", email: "ada@acme.example", email_verified: true, name: "Ada" };
  provider.onToken = provider.onRedirect = () => {};
});
afterAll(() => provider.stop());

const base = "http://localhost:3000";
const withProvider = (run: (service: Service) => Promise<void>): Promise<void> =>
  inSandbox(run, { env: { ...provider.env("ACME"), OIDC_ACME_LABEL: "Acme SSO" } });

/** One request of a browser that has these cookies. */
const send = (service: Service, path: string, cookie: string, body?: object): Promise<Response> =>
  Promise.resolve(
    service.app.fetch(
      new Request(new URL(path, base), {
        method: body ? "POST" : "GET",
        headers: {
          origin: base,
          ...(body ? { "content-type": "application/json" } : {}),
          ...(cookie ? { cookie } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      }),
      connectedFrom(),
    ),
  );

type Begun = { callback: string; cookie: string };

/** Goes to the provider and signs in there. @returns where it sends the browser back to. */
async function begin(service: Service, path = "/api/auth/sign-in/social", cookie = ""): Promise<Begun> {
  const leads = { callbackURL: "/done", errorCallbackURL: "/failed", newUserCallbackURL: "/welcome" };
  const asked = await send(service, path, cookie, { provider: "acme", ...leads });
  const { url } = (await asked.json()) as { url: string };
  const back = await fetch(url, { redirect: "manual" });
  return {
    callback: back.headers.get("location") ?? "",
    cookie: [cookie, cookieOf(asked.headers)].filter(Boolean).join("; "),
  };
}

async function follow(service: Service, { callback, cookie }: Begun) {
  const answer = await send(service, callback, cookie);
  const { headers } = answer;
  if (answer.status !== 302) throw new Error(`${answer.status} ${await answer.text()}`);
  const to = new URL(headers.get("location") ?? "", base);
  return { to: to.pathname, error: to.searchParams.get("error"), cookie: cookieOf(headers) };
}

const signIn = async (service: Service) => follow(service, await begin(service));
const whoIs = async (service: Service, cookie: string) =>
  (await (await send(service, "/v1/verify", cookie)).json()) as {
    principal?: { email: string; emailVerified: boolean };
  };
const accountsOf = (service: Service, email: string) =>
  service.database.db
    .select({ provider: account.providerId, subject: account.accountId, token: account.accessToken })
    .from(account)
    .innerJoin(user, eq(user.id, account.userId))
    .where(eq(user.email, email));

describe("somebody whom the provider knows", () => {
  test("gets an account and a session, and the same account the next time", () =>
    withProvider(async (service) => {
      const first = await signIn(service);
      expect([first.to, first.error]).toEqual(["/welcome", null]);
      expect((await whoIs(service, first.cookie)).principal).toMatchObject({
        email: "ada@acme.example",
        emailVerified: true,
      });
      const second = await signIn(service);
      expect([second.to, second.error]).toEqual(["/done", null]);
      expect(await accountsOf(service, "ada@acme.example")).toMatchObject([
        { provider: "acme", subject: "ada-at-acme" },
      ]);
      const events = await service.database.db.select({ action: auditEvent.action }).from(auditEvent);
      expect(events.map(({ action }) => action)).toEqual(
        expect.arrayContaining(["user.created", "account.created", "session.created"]),
      );
    }));

  test("leaves the provider's tokens encrypted", () =>
    withProvider(async (service) => {
      await signIn(service);
      const [{ token } = { token: null }] = await accountsOf(service, "ada@acme.example");
      expect(token).toBeString();
      expect(token).not.toMatch(/^eyJ/);
    }));

  test("keeps the account whatever their address becomes there, and isn't taken for whoever has it then", () =>
    withProvider(async (service) => {
      await signIn(service);
      provider.claims["email"] = "ada@elsewhere.example";
      expect((await whoIs(service, (await signIn(service)).cookie)).principal?.email).toBe("ada@acme.example");
      provider.claims = { sub: "another", email: "ada@acme.example", email_verified: false, name: "Not Ada" };
      expect(await signIn(service)).toMatchObject({ to: "/failed", error: "account_not_linked", cookie: "" });
    }));

  test("has a name and a picture that fit, whatever the provider says", () =>
    withProvider(async (service) => {
      Object.assign(provider.claims, { name: `<b>${"x".repeat(3_000)}\u0007`, picture: "javascript:alert(1)" });
      expect((await signIn(service)).error).toBeNull();
      const [row] = await service.database.db.select().from(user).where(eq(user.email, "ada@acme.example"));
      expect([row?.name.length, row?.image]).toEqual([100, null]);
      provider.claims = { sub: "nameless", email: "nameless@acme.example", email_verified: true };
      expect((await signIn(service)).error).toBeNull();
      const [other] = await service.database.db.select().from(user).where(eq(user.email, "nameless@acme.example"));
      expect(other?.name).toBe("nameless");
    }));
});

describe("an account of that address", () => {
  test.each([
    [true, true, null],
    [true, false, "account_not_linked"],
    [false, true, "account_not_linked"],
  ])("verified here: %p, and there: %p", (here, there, error) =>
    withProvider(async (service) => {
      const { email, userId } = await service.signUp();
      await service.database.db.update(user).set({ emailVerified: here }).where(eq(user.id, userId));
      Object.assign(provider.claims, { email, email_verified: there });
      expect((await signIn(service)).error).toBe(error);
      const providers = (await accountsOf(service, email)).map((each) => each.provider).toSorted();
      expect(providers).toEqual(error === null ? ["acme", "credential"] : ["credential"]);
    }),
  );

  test("takes another address of the provider's in its own session, and can't give up its last way in", () =>
    withProvider(async (service) => {
      const who = await service.signUp();
      const linked = await follow(service, await begin(service, "/api/auth/link-social", who.cookie));
      expect([linked.to, linked.error]).toEqual(["/done", null]);
      expect((await accountsOf(service, who.email)).length).toBe(2);
      const accounts = (await who.get("/api/auth/list-accounts")).body as { id: string; providerId: string }[];
      const unlink = async (name: string) => {
        const accountId = accounts.find(({ providerId }) => providerId === name)?.id;
        return (await who.post("/api/auth/unlink-account", { accountId })).status;
      };
      expect([await unlink("acme"), await unlink("credential")]).toEqual([200, 400]);
    }));
});

describe("nothing changes and the browser is told, for", () => {
  const refused = async (service: Service, begun: Begun, error: string) => {
    expect(await follow(service, begun)).toMatchObject({ error, cookie: "" });
    expect(await accountsOf(service, "ada@acme.example")).toEqual([]);
  };

  test("an answer of the provider that is an error", () =>
    withProvider(async (service) => {
      provider.onRedirect = (url) => {
        url.searchParams.delete("code");
        url.searchParams.set("error", "access_denied");
      };
      await refused(service, await begin(service), "access_denied");
    }));

  test("a person without an address", () =>
    withProvider(async (service) => {
      provider.claims = { sub: "ada-at-acme", name: "Ada" };
      await refused(service, await begin(service), "email_not_found");
    }));

  const tokens: [string, Record<string, unknown>][] = [
    ["another issuer", { iss: "https://elsewhere.example" }],
    ["another audience", { aud: "somebody-else" }],
    ["another sign-in's nonce", { nonce: "of another" }],
    ["an end that has passed", { exp: 1_000_000 }],
  ];
  test.each(tokens)("an ID token with %s", (_name, claims) =>
    withProvider(async (service) => {
      Object.assign(provider.claims, claims);
      await refused(service, await begin(service), "unable_to_get_user_info");
    }),
  );

  test("a token endpoint that fails", () =>
    withProvider(async (service) => {
      provider.onToken = (response) => Object.assign(response, { statusCode: 500, body: { error: "server_error" } });
      await refused(service, await begin(service), "invalid_code");
    }));

  test("a state of another browser, a changed one, one that was used, and none", () =>
    withProvider(async (service) => {
      const begun = await begin(service);
      for (const changed of [
        { ...begun, cookie: "" },
        { ...begun, callback: begun.callback.replace(/state=[^&]+/, "state=forged") },
        { ...begun, callback: begun.callback.replace(/&?state=[^&]+/, "") },
      ]) {
        const { error, cookie } = await follow(service, changed);
        expect([error === null, cookie]).toEqual([false, ""]);
      }
      expect((await follow(service, await begin(service))).error).toBeNull();
      const used = await begin(service);
      expect((await follow(service, used)).error).toBeNull();
      const again = await follow(service, used);
      expect([again.error === null, again.cookie]).toEqual([false, ""]);
    }));

  test("H1: a place to go to that isn't trusted", () =>
    withProvider(async (service) => {
      const body = { provider: "acme", callbackURL: "https://evil.example/" };
      expect((await send(service, "/api/auth/sign-in/social", "", body)).status).toBe(403);
    }));
});

test("H3: a provider is asked to answer to the service's own callback, whatever host or place a request names", () =>
  inSandbox(
    async (service) => {
      const forged = "https://evil.example/callback";
      const claims = { redirectURI: forged, redirect_uri: forged, redirectUri: forged, redirectURL: forged };
      for (const host of ["localhost:3000", "evil.example", "localhost:3001"]) {
        const request = new Request(`http://${host}/api/auth/sign-in/social`, {
          method: "POST",
          headers: { origin: base, "content-type": "application/json", "x-forwarded-host": "evil.example" },
          body: JSON.stringify({ provider: "acme", callbackURL: "/done", ...claims }),
        });
        const { url } = (await (await service.app.fetch(request, connectedFrom())).json()) as { url: string };
        expect(new URL(url).searchParams.getAll("redirect_uri")).toEqual([`${base}/api/auth/callback/acme`]);
        expect(url).not.toContain("evil");
      }
      const { callback, cookie } = await begin(service);
      for (const place of ["acme/", "acme/x", "ACME", "acme%2f..", "acme;x", "other", "acme%00"]) {
        const { status, headers } = await send(service, callback.replace("callback/acme", `callback/${place}`), cookie);
        expect([place, status < 300, cookieOf(headers).includes("session_token")]).toEqual([place, false, false]);
        expect(headers.get("location") ?? base).not.toContain("evil");
      }
    },
    { env: provider.env("ACME") },
  ));

test("503 with Retry-After from a provider that is away since the start, 404 for one that nobody named", async () => {
  const gone = await openProvider();
  await gone.stop();
  await inSandbox(
    async (service) => {
      const ask = (name: string) =>
        service.anonymous.post("/api/auth/sign-in/social", { provider: name, callbackURL: "/" });
      const answer = await ask("gone");
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([503, "PROVIDER_UNAVAILABLE"]);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect((await ask("nobody")).status).toBe(404);
    },
    { env: gone.env("GONE") },
  );
});

test("a client learns which ways in there are, without a credential and without a secret", async () => {
  const env = {
    ...provider.env("ACME"),
    OIDC_ACME_LABEL: "Acme SSO",
    GITHUB_CLIENT_ID: "i",
    GITHUB_CLIENT_SECRET: "s3cret",
  };
  await inSandbox(
    async ({ anonymous }) => {
      const answer = await anonymous.get("/v1/settings");
      expect(answer.body).toEqual({
        signIn: {
          password: { minLength: 8, maxLength: 128 },
          emailCode: true,
          passkey: true,
          anonymous: true,
          providers: [
            { id: "github", label: "GitHub" },
            { id: "acme", label: "Acme SSO" },
          ],
        },
      });
      const led = await anonymous.post("/api/auth/sign-in/social", { provider: "github", callbackURL: "/" });
      const url = new URL((led.body as { url: string }).url);
      expect(url.origin).toBe("https://github.com");
      expect(url.searchParams.get("redirect_uri")).toBe(`${base}/api/auth/callback/github`);
    },
    { env },
  );
});
