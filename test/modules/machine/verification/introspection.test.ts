import { describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { generateApiKey } from "../../../../src/core/api-key.ts";
import { user } from "../../../../src/schema.ts";
import type { Actor } from "../../../harness/actor.ts";
import { inSandbox } from "../../../harness/app.ts";
import { holder, makeKey, serviceKey } from "../../../harness/keys.ts";

const path = "/v1/introspect";

/** The session's token as better-auth hands it to clients without cookies. */
const tokenOf = ({ cookie }: Actor) => /session_token=([^;]+)/.exec(cookie)?.[1] ?? "";
const code = (body: unknown) => (body as { code?: string }).code;

describe("POST /v1/introspect", () => {
  test("200 in RFC 7662's form, asked with a form or with JSON, of a session and of an API key", () =>
    inSandbox(async (service) => {
      const asker = await serviceKey(service);
      const { id, slug, owner, ...rest } = await service.organization();
      const made = await makeKey({ id, slug, owner, ...rest }, { name: "k", permissions: ["project:read"] });
      for (const [token, expected] of [
        [tokenOf(owner), { sub: owner.userId, username: owner.email, token_type: "session" }],
        [decodeURIComponent(tokenOf(owner)), { sub: owner.userId, username: owner.email, token_type: "session" }],
        [made.key, { sub: made.id, token_type: "api_key", scope: "project:read" }],
      ] as const) {
        const answers = [
          await asker.post(path, { token, token_type_hint: "access_token" }),
          await asker.request("POST", path, { body: new URLSearchParams({ token, token_type_hint: "access_token" }) }),
        ];
        for (const { status, headers, body } of answers) {
          expect([status, headers.get("cache-control")]).toEqual([200, "no-store"]);
          expect(body).toMatchObject({ active: true, ...expected, organization: { id, slug } });
        }
        expect(answers[0]?.body).toEqual(answers[1]?.body);
        expect(answers[0]?.body).toMatchObject({ iss: "http://localhost:3000" });
      }
      const session = (await asker.post(path, { token: tokenOf(owner) })).body as { exp: number; scope: string };
      expect(session.exp * 1000).toBeGreaterThan(Date.now());
      expect(session.scope.split(" ")).toContain("organization:delete");
    }));

  test("200 {active: false} with the reason, as far as it is known", () =>
    inSandbox(async (service) => {
      const asker = await serviceKey(service);
      const organization = await service.organization();
      const { id, owner, join } = organization;
      const why = async (token: string, more: object = {}) => {
        const { status, body } = await asker.post(path, { token, ...more });
        expect([status, (body as { active: boolean }).active]).toEqual([200, false]);
        return body as { code: string; retryAfter?: number };
      };
      expect(await why("garbage")).toEqual({ active: false, code: "invalid_credential" } as never);
      expect((await why(generateApiKey())).code).toBe("invalid_credential");
      expect((await why(`${"a".repeat(32)}.${"b".repeat(43)}=`)).code).toBe("invalid_credential");

      const made = await makeKey(organization, { remaining: 1 });
      expect((await asker.post(path, { token: made.key })).body).toMatchObject({
        active: true,
        principal: { remaining: 0 },
      });
      expect((await why(made.key)).code).toBe("quota_exceeded");
      const limited = await makeKey(organization, { rateLimit: { limit: 1, windowMs: 60_000 } });
      await asker.post(path, { token: limited.key });
      expect(await why(limited.key)).toMatchObject({ code: "rate_limited", retryAfter: 60 });
      await owner.patch(`/v1/orgs/${id}/api-keys/${made.id}`, { enabled: false });
      expect((await why(made.key)).code).toBe("api_key_disabled");
      const creator = await join("admin");
      const orphan = await makeKey(organization, {}, creator);
      await service.database.db.update(user).set({ banned: true }).where(eq(user.id, creator.userId));
      expect((await why(orphan.key)).code).toBe("api_key_owner_gone");
      const short = await makeKey(organization, { expiresAt: new Date(Date.now() + 60_000).toISOString() });
      service.clock.advance(60_000);
      expect((await why(short.key)).code).toBe("api_key_expired");

      const stranger = await service.signUp();
      expect((await why(tokenOf(stranger), { org: id })).code).toBe("organization_access_denied");
      expect((await why(tokenOf(owner), { org: "no such organization!" })).code).toBe("organization_access_denied");
      expect((await why(tokenOf(stranger), { permissions: ["project:read"] })).code).toBe("forbidden");
      await owner.post("/api/auth/sign-out");
      expect((await why(tokenOf(owner))).code).toBe("invalid_credential");
    }));

  test("a use that is asked about in vain burns nothing", () =>
    inSandbox(async (service) => {
      const asker = await serviceKey(service);
      const organization = await service.organization();
      const made = await makeKey(organization, { remaining: 5, permissions: ["project:read"] });
      for (const more of [
        { permissions: "project:read project:create" },
        { permissions: ["task:read"] },
        { org: "other" },
      ])
        expect((await asker.post(path, { token: made.key, ...more })).body).toMatchObject({ active: false });
      const { body } = await asker.post(path, { token: made.key, permissions: "project:read", org: organization.slug });
      expect(body).toMatchObject({ active: true, principal: { remaining: 4 } });
    }));

  test("a service of one organization learns of nobody else's tokens, and burns none of their uses", () =>
    inSandbox(async (service) => {
      const [ours, theirs] = [await service.organization(), await service.organization()];
      const asker = await serviceKey(service, ours.id);
      const unknown = (await asker.post(path, { token: generateApiKey() })).text;
      const key = await makeKey(theirs, { remaining: 5 });
      const disabled = await makeKey(theirs);
      await theirs.owner.patch(`/v1/orgs/${theirs.id}/api-keys/${disabled.id}`, { enabled: false });
      for (const token of [key.key, disabled.key, tokenOf(theirs.owner)])
        for (const org of [undefined, theirs.id, theirs.slug, ours.id])
          expect((await asker.post(path, { token, ...(org ? { org } : {}) })).text).toBe(unknown);
      const platform = await serviceKey(service);
      expect((await platform.post(path, { token: key.key })).body).toMatchObject({ principal: { remaining: 4 } });

      // Somebody of both, whose session is in the other one: they are asked about in this one.
      await ours.join("viewer", theirs.owner);
      const { body } = await asker.post(path, { token: tokenOf(theirs.owner) });
      expect(body).toMatchObject({ active: true, organization: { id: ours.id, role: "viewer" } });
      const mine = await makeKey(ours);
      expect((await asker.post(path, { token: mine.key })).body).toMatchObject({ active: true });
      await ours.owner.patch(`/v1/orgs/${ours.id}/api-keys/${mine.id}`, { enabled: false });
      expect(code((await asker.post(path, { token: mine.key })).body)).toBe("api_key_disabled");
    }));

  test("401 for nobody, 403 for a person and for a key without the permission", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const plain = holder(service, (await makeKey(organization, { permissions: ["project:read"] })).key);
      const introspector = await makeKey(organization, { permissions: ["token:introspect"] });
      const token = tokenOf(organization.owner);
      expect((await service.anonymous.post(path, { token })).status).toBe(401);
      for (const [who, reason] of [
        [organization.owner, "for services"],
        [plain, "needs the permission token:introspect"],
      ] as const) {
        const { status, body } = await who.post(path, { token });
        expect(status).toBe(403);
        expect(body).toEqual({ error: "insufficient_scope", error_description: expect.stringContaining(reason) });
      }
      expect((await holder(service, introspector.key).post(path, { token })).status).toBe(200);
    }));

  test("400 without a token, 415 in another form, 400 with the token in the URL; the token is in no log", () =>
    inSandbox(async (service) => {
      const asker = await serviceKey(service);
      const token = tokenOf((await service.organization()).owner);
      expect((await asker.post(path, {})).status).toBe(400);
      expect((await asker.post(path, { token: "x".repeat(5000) })).status).toBe(400);
      const xml = { body: "<token/>", headers: { "content-type": "application/xml" } };
      expect((await asker.request("POST", path, xml)).status).toBe(415);
      const inUrl = await asker.post(`${path}?token=${token}`, { token });
      expect([inUrl.status, inUrl.text]).toEqual([400, expect.stringContaining("ends up in logs")]);
      await asker.post(path, { token });
      expect(service.logs.join("")).not.toContain(token.slice(0, 32));
    }));
});
