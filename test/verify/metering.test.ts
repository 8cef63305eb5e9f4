import { describe, expect, test } from "bun:test";
import type { Answer } from "../harness/answer.ts";
import { proven } from "../harness/assurance.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { holder, makeKey } from "../harness/keys.ts";

type Principal = { remaining: number | null; rateLimit: { limit: number; remaining: number; resetAt: string } | null };

const minute = 60_000;
const principal = ({ body }: Answer) => (body as { principal: Principal }).principal;
const code = ({ status, body }: Answer) => (status === 200 ? "ok" : (body as { code: string }).code);
const limits = ({ headers }: Answer) =>
  ["limit", "remaining", "reset"].map((name) => Number(headers.get(`ratelimit-${name}`) ?? Number.NaN));

async function metered(service: Service, settings: object) {
  const organization = await service.organization();
  await proven(service, organization.owner);
  const made = await makeKey(organization, settings);
  const key = holder(service, made.key);
  const read = async () =>
    (await organization.owner.get(`/v1/orgs/${organization.id}/api-keys/${made.id}`)).body as Record<string, unknown>;
  return { organization, made, use: (query = "") => key.get(`/v1/verify${query}`), read };
}

describe("a quota", () => {
  test("of three admits three, says what is left, and then 429 without a time to try again", () =>
    inSandbox(async (service) => {
      const { use, read } = await metered(service, { remaining: 3 });
      for (const left of [2, 1, 0]) expect(principal(await use())).toMatchObject({ remaining: left, rateLimit: null });
      for (let i = 0; i < 3; i++) {
        const refused = await use();
        expect([refused.status, code(refused), refused.headers.get("retry-after")]).toEqual([
          429,
          "quota_exceeded",
          null,
        ]);
        expect(refused.headers.get("content-type")).toBe("application/problem+json");
      }
      expect(await read()).toMatchObject({ remaining: 0, enabled: true });
    }));

  test("of nothing admits nothing", () =>
    inSandbox(async (service) => {
      const { use } = await metered(service, { remaining: 0 });
      expect(code(await use())).toBe("quota_exceeded");
    }));

  test("isn't burnt by a use that is refused for its organization, its permission or its rate", () =>
    inSandbox(async (service) => {
      const settings = { remaining: 10, permissions: ["project:read"], rateLimit: { limit: 1, windowMs: minute } };
      const { use, read } = await metered(service, settings);
      expect(code(await use("?permission=project:create"))).toBe("forbidden");
      expect(code(await use("?org=another"))).toBe("organization_access_denied");
      expect(await read()).toMatchObject({ remaining: 10, lastUsedAt: null });
      expect(code(await use("?permission=project:read"))).toBe("ok");
      for (let i = 0; i < 5; i++) expect(code(await use())).toBe("rate_limited");
      expect(await read()).toMatchObject({ remaining: 9 });
    }));

  test("is refilled when its interval is over, and never beyond its amount", () =>
    inSandbox(async (service) => {
      const { use } = await metered(service, { remaining: 2, refill: { amount: 3, intervalMs: minute } });
      expect([code(await use()), code(await use()), code(await use())]).toEqual(["ok", "ok", "quota_exceeded"]);
      service.clock.advance(minute / 2);
      expect(Number((await use()).headers.get("retry-after"))).toBe(30);
      service.clock.advance(minute / 2);
      expect(principal(await use())).toMatchObject({ remaining: 2 });
      service.clock.advance(100 * minute);
      expect(principal(await use())).toMatchObject({ remaining: 2 });
      // The interval begins anew with the refill, not with a schedule of missed ones.
      service.clock.advance(minute - 1000);
      expect(principal(await use())).toMatchObject({ remaining: 1 });
    }));

  test("of more than a refill gives is set down to the amount: nothing accumulates", () =>
    inSandbox(async (service) => {
      const { use } = await metered(service, { remaining: 100, refill: { amount: 3, intervalMs: minute } });
      expect(principal(await use())).toMatchObject({ remaining: 99 });
      service.clock.advance(minute);
      expect(principal(await use())).toMatchObject({ remaining: 2 });
    }));
});

describe("a rate limit", () => {
  test("counts in fixed windows that begin with their first use, and tells where it stands", () =>
    inSandbox(async (service) => {
      const { use } = await metered(service, { rateLimit: { limit: 3, windowMs: minute } });
      service.clock.advance(10 * minute);
      expect(limits(await use())).toEqual([3, 2, 60]);
      service.clock.advance(20_000);
      expect(limits(await use())).toEqual([3, 1, 40]);
      service.clock.advance(20_000);
      const last = await use();
      expect(limits(last)).toEqual([3, 0, 20]);
      const { rateLimit } = principal(last);
      const left = Date.parse(rateLimit?.resetAt ?? "") - service.clock.now().getTime();
      expect([rateLimit?.limit, rateLimit?.remaining, Math.ceil(left / 1000)]).toEqual([3, 0, 20]);
      service.clock.advance(10_000);
      const refused = await use();
      expect([refused.status, code(refused), refused.headers.get("retry-after")]).toEqual([429, "rate_limited", "10"]);
      expect(limits(refused)).toEqual([3, 0, 10]);
      service.clock.advance(10_000);
      expect(limits(await use())).toEqual([3, 2, 60]);
    }));

  test("never locks out who keeps trying: refused uses don't lengthen the window", () =>
    inSandbox(async (service) => {
      const { use } = await metered(service, { rateLimit: { limit: 2, windowMs: minute } });
      const seen: string[] = [];
      for (let i = 0; i < 24; i++) {
        seen.push(code(await use()));
        service.clock.advance(10_001);
      }
      expect(seen.filter((one) => one === "ok").length).toBe(8);
      expect(seen.slice(-6)).toContain("ok");
    }));

  test("waits as long as Retry-After says, and not a second longer", () =>
    inSandbox(async (service) => {
      const { use } = await metered(service, { rateLimit: { limit: 1, windowMs: 90_500 } });
      await use();
      const seconds = Number((await use()).headers.get("retry-after"));
      expect(seconds).toBe(91);
      service.clock.advance(seconds * 1000 - 2000);
      expect(code(await use())).toBe("rate_limited");
      service.clock.advance(2000);
      expect(code(await use())).toBe("ok");
    }));

  test("tells of no window that has passed when the quota is what refuses", () =>
    inSandbox(async (service) => {
      const { use } = await metered(service, { remaining: 1, rateLimit: { limit: 5, windowMs: minute } });
      await use();
      service.clock.advance(10 * minute);
      const refused = await use();
      expect([code(refused), ...limits(refused)]).toEqual(["quota_exceeded", 5, 5, 60]);
    }));

  test("that is changed counts from the next use on; lifted, nothing is counted", () =>
    inSandbox(async (service) => {
      const { use, organization, made } = await metered(service, { rateLimit: { limit: 5, windowMs: minute } });
      const change = (body: object) =>
        organization.owner.patch(`/v1/orgs/${organization.id}/api-keys/${made.id}`, body);
      for (let i = 0; i < 3; i++) await use();
      await change({ rateLimit: { limit: 2, windowMs: minute } });
      expect(code(await use())).toBe("rate_limited");
      await change({ rateLimit: { limit: 4, windowMs: minute } });
      expect([code(await use()), code(await use())]).toEqual(["ok", "rate_limited"]);
      await change({ rateLimit: null });
      for (let i = 0; i < 10; i++) expect(limits(await use())).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    }));
});

test("a clock that jumps an hour back and forth opens no window twice", () =>
  inSandbox(async (service) => {
    const { use } = await metered(service, { remaining: 100, rateLimit: { limit: 2, windowMs: minute } });
    const seen: string[] = [];
    for (const jump of [0, -60, 0, 60, -60, 60, -60, 60]) {
      service.clock.advance(jump * minute);
      for (let i = 0; i < 3; i++) seen.push(code(await use()));
    }
    expect(seen.filter((one) => one === "ok").length).toBe(2);
    expect(new Set(seen)).toEqual(new Set(["ok", "rate_limited"]));
  }));

describe("uses", () => {
  test("are counted by day, with the last one's time, once they are written", () =>
    inSandbox(async (service) => {
      const day = (after: number) => new Date(Date.now() + after * 24 * 3_600_000).toISOString().slice(0, 10);
      service.clock.set(new Date(`${day(1)}T23:00:00Z`));
      const { use, read, organization, made } = await metered(service, {});
      for (let i = 0; i < 3; i++) await use();
      await service.deps.verifier.flush();
      service.clock.advance(2 * 3_600_000);
      await use();
      const at = service.clock.now().getTime();
      await service.deps.verifier.flush();
      expect(Math.abs(Date.parse(String((await read())["lastUsedAt"])) - at)).toBeLessThan(1000);
      const usage = await organization.owner.get(`/v1/orgs/${organization.id}/api-keys/${made.id}/usage`);
      expect(usage.body).toEqual({
        data: [
          { day: day(1), count: 3 },
          { day: day(2), count: 1 },
        ],
      });
      const query = `from=${day(2)}&to=${day(2)}`;
      const one = await organization.owner.get(`/v1/orgs/${organization.id}/api-keys/${made.id}/usage?${query}`);
      expect(one.body).toEqual({ data: [{ day: day(2), count: 1 }] });
    }));

  test("of a key that is gone meanwhile are dropped, and those of the others written", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const [gone, stays] = [await makeKey(organization), await makeKey(organization)];
      for (const { key } of [gone, stays]) await holder(service, key).get("/v1/verify");
      await organization.owner.delete(`/v1/orgs/${organization.id}/api-keys/${gone.id}`);
      await service.deps.verifier.flush();
      const rows = await service.database.statement<{ apikey_id: string }>("", "select * from apikey_usage", []);
      expect(rows.map(({ apikey_id }) => apikey_id)).toEqual([stays.id]);
      expect(service.logs.join("")).not.toContain("could not be written");
    }));
});
