import { describe, expect, test } from "bun:test";
import { authRoutes } from "../../src/auth/mount/routes.ts";
import type { Answer } from "../harness/answer.ts";
import { inSandbox } from "../harness/app.ts";
import { proven } from "../harness/assurance.ts";
import { holder, makeKey } from "../harness/keys.ts";
import { ask } from "./answers.ts";
import { authRequests, openStage, sendTo } from "./auth-requests.ts";
import { filled, operations } from "./document.ts";
import { Faults } from "./faults.ts";
import { sampleInit } from "./samples.ts";
import { fillings, openWorld } from "./world.ts";

/*
 * What takes a recent sign-in, beside whatever changes the platform. Where a session is stolen or left open, these would
 * make the theft last.
 */
const sensitive = [
  "DELETE /v1/me",
  "DELETE /v1/orgs/{org}",
  "POST /v1/orgs/{org}/api-keys",
  "POST /v1/orgs/{org}/api-keys/{id}/rotate",
];

const sensitiveAtBetterAuth = [
  "POST /change-email",
  "POST /change-password",
  "POST /delete-user",
  "POST /link-social",
  "POST /unlink-account",
  "POST /two-factor/enable",
  "POST /two-factor/disable",
  "POST /two-factor/get-totp-uri",
  "POST /two-factor/generate-backup-codes",
  "GET /passkey/generate-register-options",
  "POST /passkey/verify-registration",
  "POST /passkey/delete-passkey",
  "POST /organization/delete",
];

const [minutes, code] = [15 * 60_000, "fresh_sign_in_required"];

/** What an answer lacks of the refusal that leads to a sign-in. */
function notAsked({ status, body, headers }: Answer): string | null {
  const { code: told, signIn } = body as { code?: string; signIn?: string };
  const asks = headers.get("www-authenticate") ?? "";
  if (status !== 403 || told?.toLowerCase() !== code) return `answers ${status} ${told}`;
  if (signIn !== "http://localhost:3000/auth/sign-in?reauthenticate=1") return `leads to ${signIn}`;
  return /^Bearer error="insufficient_user_authentication".*max_age="900"$/.test(asks) ? null : `says ${asks}`;
}

describe("E10: a recent sign-in", () => {
  test("is declared by all that is sensitive, and by whatever changes the platform", () => {
    const changing = operations.filter(({ access, method }) => access.kind === "platform" && method !== "GET");
    expect(changing.length).toBeGreaterThan(5);
    const declared = operations.filter(({ access }) => access.fresh).map(({ name }) => name);
    expect(declared.toSorted()).toEqual([...sensitive, ...changing.map(({ name }) => name)].toSorted());
    const reading = /^(GET .*|POST \/admin\/(stop-impersonating|has-permission|list-user-sessions))$/;
    const atBetterAuth = Object.keys(authRoutes).filter((key) => authRoutes[key]?.fresh === true);
    const administration = Object.keys(authRoutes).filter((key) => key.includes(" /admin/") && !reading.test(key));
    expect(atBetterAuth.toSorted()).toEqual([...sensitiveAtBetterAuth, ...administration].toSorted());
    expect(Object.keys(authRoutes).filter((key) => authRoutes[key]?.fresh === "owner")).toHaveLength(2);
  });

  test("is asked for at each of our operations that declares it, with where to go, before anything is done", () =>
    inSandbox(async (service) => {
      const { a, rowsOfA } = await openWorld(service);
      const root = await service.signUp({ administrator: true });
      service.clock.advance(minutes);
      const faults = new Faults();
      for (const operation of operations.filter(({ access }) => access.fresh)) {
        const who = operation.access.kind === "platform" ? root : a.owner;
        const path = filled(operation.path, {
          org: a.id,
          ...fillings(operation.path, operation.params, rowsOfA)[0],
        });
        faults.add(
          operation,
          "a sign-in of 15 minutes ago",
          notAsked(await ask(who, operation, path, sampleInit(operation))),
        );
      }
      faults.none();
      expect((await a.owner.get("/v1/me")).status).toBe(200);
    }));

  test("is asked for at each of better-auth's routes that declares it", () =>
    inSandbox(async (service) => {
      const stage = await openStage(service);
      const wrong: string[] = [];
      for (const key of Object.keys(authRoutes).filter((each) => authRoutes[each]?.fresh === true)) {
        const prepare = authRequests[key];
        if (prepare === undefined || authRoutes[key]?.summary === undefined) continue;
        const request = await prepare(stage);
        service.clock.advance(minutes * 2);
        const lack = notAsked(await sendTo(key, request));
        service.clock.advance(-minutes * 2);
        if (lack) wrong.push(`${key} ${lack}`);
      }
      expect(wrong).toEqual([]);
    }));

  test("of 15 minutes less a moment is enough, and using the session doesn't renew it", () =>
    inSandbox(async (service) => {
      const { a } = await openWorld(service);
      const make = async () =>
        (await a.owner.post(`/v1/orgs/${a.id}/api-keys`, { name: "K", permissions: ["project:read"] })).status;
      await proven(service, a.owner);
      service.clock.advance(minutes - 30_000);
      expect(await make()).toBe(201);
      const used = `update "session" set updated_at = now(), expires_at = expires_at + interval '1 day' where id = $1`;
      await service.database.statement("", used, [a.owner.sessionId]);
      service.clock.advance(60_000);
      expect(await make()).toBe(403);
    }));

  test("is as recent as a setting says", () =>
    inSandbox(
      async (service) => {
        const { owner, id } = await service.organization();
        await proven(service, owner);
        service.clock.advance(3_000_000);
        expect((await owner.delete(`/v1/orgs/${id}`)).status).toBe(204);
      },
      { env: { FRESH_SIGN_IN_AGE: "3600" } },
    ));

  test("isn't asked of API keys, which never sign in", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const { key } = await makeKey(organization, { permissions: ["organization:delete"] });
      service.clock.advance(minutes);
      expect((await organization.owner.delete(`/v1/orgs/${organization.id}`)).status).toBe(403);
      expect((await holder(service, key).delete(`/v1/orgs/${organization.id}`)).status).toBe(204);
    }));

  test("is asked for who makes an owner, by whatever route, and for no other role", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const { owner, id } = organization;
      const ada = await organization.join("member");
      const { data } = (await owner.get(`/v1/orgs/${id}/members`)).body as { data: { id: string; userId: string }[] };
      const memberId = data.find(({ userId }) => userId === ada.userId)!.id;
      const address = () => `${Bun.randomUUIDv7()}@example.com`;
      const organizationId = id;
      const invited = await owner.post(`/v1/orgs/${id}/invitations`, { email: address(), role: "owner" });
      const resend = `/v1/orgs/${id}/invitations/${(invited.body as { id: string }).id}/resend`;
      service.clock.advance(minutes);
      const ways: Record<string, (role: string) => Promise<Answer>> = {
        member: (role) => owner.patch(`/v1/orgs/${id}/members/${memberId}`, { role }),
        several: (role) => owner.patch(`/v1/orgs/${id}/members/${memberId}`, { role: ["viewer", role] }),
        invitation: (role) => owner.post(`/v1/orgs/${id}/invitations`, { email: address(), role }),
        default: (defaultRole) => owner.patch(`/v1/orgs/${id}`, { defaultRole }),
        member2: (role) => owner.post("/api/auth/organization/update-member-role", { memberId, role, organizationId }),
        members2: (role) =>
          owner.post("/api/auth/organization/update-member-role", { memberId, role: ["viewer", role], organizationId }),
        invitation2: (role) =>
          owner.post("/api/auth/organization/invite-member", { email: address(), role, organizationId }),
      };
      for (const [way, make] of Object.entries(ways)) {
        expect([way, notAsked(await make("owner"))]).toEqual([way, null]);
        expect([way, (await make("admin")).status < 300]).toEqual([way, true]);
      }
      expect(notAsked(await owner.post(resend))).toBeNull();
    }));
});
