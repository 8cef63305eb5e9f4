import { describe, expect, test } from "bun:test";
import type { Actor } from "../../../harness/actor.ts";
import type { Answer } from "../../../harness/answer.ts";
import { inSandbox, type Organization, type Service } from "../../../harness/app.ts";
import { proven } from "../../../harness/assurance.ts";
import { holder, makeKey, serviceKey } from "../../../harness/keys.ts";
import { cookieOf } from "../../../harness/cookies.ts";
import { authenticator, holding } from "../../../harness/two-factor.ts";
import { password } from "../../../harness/people.ts";

const dayMs = 24 * 3_600_000;
const said = ({ status, body }: Answer) => [status, (body as { code?: string } | undefined)?.code?.toLowerCase()];
const refused = [403, "two_factor_required"];

/** An organization that requires it, whose owner has proven it. */
async function strict(service: Service, settings: object = {}): Promise<Organization & { path: string }> {
  const organization = await service.organization();
  const path = `/v1/orgs/${organization.id}`;
  await proven(service, organization.owner, { factors: 2 });
  const answer = await organization.owner.patch(path, { settings: { requireTwoFactor: true, ...settings } });
  if (answer.status !== 200) throw new Error(answer.text);
  return { ...organization, path };
}

describe("an organization that requires a second factor", () => {
  test("refuses a session of one factor on every way in, and says where to set one up", () =>
    inSandbox(async (service) => {
      const { id, path, join } = await strict(service);
      const ada = await join("admin");
      const asked: Record<string, Answer> = {
        organization: await ada.get(path),
        slugless: await ada.get("/v1/orgs/current"),
        members: await ada.get(`${path}/members`),
        navigation: await ada.get(`${path}/me/navigation`),
        projects: await ada.post(`${path}/projects`, { name: "P" }),
        verify: await ada.get("/v1/verify"),
        verifyNamed: await ada.get(`/v1/verify?org=${id}`),
        verifyPermission: await ada.get(`/v1/verify?org=${id}&permission=project:read`),
        permissions: await ada.get(`/v1/me/permissions?org=${id}`),
        better: await ada.get(`/api/auth/organization/get-full-organization?organizationId=${id}`),
        betterPlain: await ada.get(`/api/auth/organization/get-organization?organizationId=${id}`),
        betterMembers: await ada.get(`/api/auth/organization/list-members?organizationId=${id}`),
        betterChange: await ada.post("/api/auth/organization/update", { organizationId: id, data: { name: "X" } }),
      };
      for (const [way, answer] of Object.entries(asked)) {
        expect([way, ...said(answer)]).toEqual([way, ...refused]);
        expect(answer.body).toMatchObject({ secondFactor: "http://localhost:3000/account/two-factor" });
      }
      const project = { permission: "project:read", org: id };
      expect((await ada.post("/v1/authorize", project)).body).toEqual({
        allowed: false,
        reason: "two_factor_required",
      });
      const asking = await serviceKey(service);
      const token = decodeURIComponent(ada.cookie.split("=")[1] ?? "");
      expect((await asking.post("/v1/introspect", { token, org: id })).body).toEqual({
        active: false,
        code: "two_factor_required",
      });
      expect((await asking.post("/v1/authorize", { ...project, token })).body).toMatchObject({ allowed: false });
      const { token: jwt } = (await ada.get("/api/auth/token")).body as { token: string };
      expect(JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString())).toMatchObject({ org: null });
    }));

  test("lets them see that they are in it, and leave; their account and other organizations stay theirs", () =>
    inSandbox(async (service) => {
      const { id, path, join } = await strict(service);
      const ada = await join("admin");
      const other = await service.organization(ada);
      expect((await ada.get(`/v1/orgs/${other.id}`)).status).toBe(200);
      const { data } = (await ada.get("/v1/me/organizations")).body as { data: { id: string }[] };
      expect(data.map((row) => row.id)).toContain(id);
      await ada.post("/api/auth/organization/set-active", { organizationId: id });
      expect((await ada.get("/v1/me")).body).toMatchObject({ organization: { id, permissions: [] } });
      expect((await ada.get("/v1/me/export")).status).toBe(200);
      expect((await ada.delete(`${path}/members/me`)).status).toBe(204);
    }));

  test("admits whoever enrols, in the session in which they do", () =>
    inSandbox(async (service) => {
      const { path, join } = await strict(service);
      const ada = await join("member");
      expect(said(await ada.get(path))).toEqual(refused);
      const { body } = await ada.post("/api/auth/two-factor/enable", { password });
      const code = authenticator((body as { totpURI: string }).totpURI);
      const on = await ada.post("/api/auth/two-factor/verify-totp", { code: await code() });
      const them = holding(service, cookieOf(on.headers));
      expect((await them.get(path)).status).toBe(200);
      const off = await them.post("/api/auth/two-factor/disable", { password });
      expect(said(await holding(service, cookieOf(off.headers)).get(path))).toEqual(refused);
    }));

  test("waits for the days of grace, counted from when it was first required", () =>
    inSandbox(async (service) => {
      const { owner, path, join } = await strict(service, { twoFactorGraceDays: 7 });
      const ada = await join("member");
      const from = (await owner.get(path)).body as { twoFactorRequiredFrom: string; settings: object };
      expect(from.settings).toEqual({ requireTwoFactor: true, twoFactorGraceDays: 7 });
      expect(Date.parse(from.twoFactorRequiredFrom) - service.clock.now().getTime()).toBeGreaterThan(6.9 * dayMs);
      expect((await ada.get(path)).status).toBe(200);
      expect((await ada.get(`/v1/verify?org=current`)).status).toBe(200);
      service.clock.advance(7 * dayMs);
      expect(said(await ada.get(path))).toEqual(refused);
      expect(said(await ada.get("/v1/verify?org=current"))).toEqual(refused);
      await owner.patch(path, { settings: { requireTwoFactor: true, twoFactorGraceDays: 8 } });
      expect((await ada.get(path)).status).toBe(200);
      service.clock.advance(dayMs);
      expect(said(await ada.get(path))).toEqual(refused);
      expect((await owner.patch(path, { settings: { requireTwoFactor: false } })).status).toBe(200);
      expect((await ada.get(path)).status).toBe(200);
      expect((await owner.get(path)).body).toMatchObject({ twoFactorRequiredFrom: null });
    }));

  test("asks nothing of API keys", () =>
    inSandbox(async (service) => {
      const organization = await strict(service);
      const { key } = await makeKey(organization, { permissions: ["organization:read"] });
      expect((await holder(service, key).get(organization.path)).status).toBe(200);
    }));

  test("is required only by who passes it, and by no API key; what isn't a rule is 422", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const { owner, id } = organization;
      const path = `/v1/orgs/${id}`;
      const change = (who: Actor, settings: object) => who.patch(path, { settings });
      expect(said(await change(owner, { requireTwoFactor: true }))).toEqual(refused);
      const { key } = await makeKey(organization, { permissions: ["organization:update"] });
      expect(said(await change(holder(service, key), { requireTwoFactor: true }))).toEqual([403, "person_required"]);
      await proven(service, owner, { factors: 2 });
      for (const settings of [
        { requireTwoFactor: "yes" },
        { twoFactorGraceDays: 91 },
        { twoFactorGraceDays: -1 },
        { twoFactorGraceDays: 1.5 },
        { twoFactorGraceDays: "7" },
      ])
        expect([settings, (await change(owner, settings)).status]).toEqual([settings, 422]);
      expect((await change(owner, { requireTwoFactor: true, theme: "dark" })).body).toMatchObject({
        settings: { requireTwoFactor: true, theme: "dark" },
      });
      expect((await change(owner, { requireTwoFactor: null, theme: null })).body).toMatchObject({ settings: {} });
    }));
});
