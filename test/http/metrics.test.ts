import { describe, expect, test } from "bun:test";
import { inSandbox, type Service } from "../harness/app.ts";

const token = "a-token-for-metrics-only";
const env = { METRICS_TOKEN: token };
const read = ({ anonymous }: Service, authorization = `Bearer ${token}`) =>
  anonymous.get("/metrics", { authorization });

/** The figure of one line. */
const figure = (text: string, line: string): number => {
  const found = text.split("\n").find((each) => each.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1) ?? 0);
};

describe("/metrics", () => {
  test("404 by default, and to who doesn't send its token", async () => {
    await inSandbox(async (service) => {
      expect((await read(service)).status).toBe(404);
    });
    await inSandbox(
      async (service) => {
        const owner = await service.as("owner");
        for (const wrong of ["", "Bearer ", "Bearer wrong", token, `bearer ${token}`, `Bearer ${token} `.repeat(2)])
          expect([wrong, (await read(service, wrong)).status]).toEqual([wrong, 404]);
        expect((await owner.get("/metrics")).status).toBe(404);
        expect((await read(service)).headers.get("content-type")).toStartWith("text/plain");
      },
      { env },
    );
  });

  test("counts requests by the route's template, and refusals by their code; no path, name or id is a label", () =>
    inSandbox(
      async (service) => {
        const [owner, stranger] = [await service.as("owner"), await service.signUp()];
        const path = `/v1/orgs/${owner.organizationId}/projects`;
        await owner.get(path);
        await owner.get(path);
        await stranger.get(path);
        await service.anonymous.get("/v1/me");
        await service.anonymous.get("/nothing/at/all");
        await owner.get("/api/auth/get-session");
        const { text } = await read(service);
        const of = (route: string, status: number) =>
          figure(text, `gatehouse_requests_total{method="GET",route="${route}",status="${status}"}`);
        expect(of("/v1/orgs/:org/projects", 200)).toBe(2);
        expect(of("/v1/orgs/:org/projects", 404)).toBe(1);
        expect(of("/v1/me", 401)).toBe(1);
        expect(of("none", 404)).toBe(1);
        expect(of("/api/auth/get-session", 200)).toBe(1);
        expect(figure(text, 'gatehouse_refusals_total{code="unauthenticated"}')).toBe(1);
        expect(text).toContain(
          'gatehouse_request_seconds_bucket{le="0.25",method="GET",route="/v1/orgs/:org/projects"}',
        );
        expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-7/);
        expect(text).not.toContain("@");
        expect(text).not.toContain("/nothing");
      },
      { env },
    ));

  test("counts verifications by what answered and what came of it, and shows the pool, the cache and the process", () =>
    inSandbox(
      async (service) => {
        const who = await service.as("member");
        await who.get("/v1/verify");
        await service.anonymous.get("/v1/verify", { cookie: `${who.cookie.slice(0, -4)}AAAA` });
        const { text } = await read(service);
        expect(figure(text, 'gatehouse_verifications_total{from="database",outcome="verified"}')).toBe(1);
        expect(figure(text, 'gatehouse_verifications_total{from="database",outcome="invalid_credential"}')).toBe(1);
        for (const name of [
          "database_connections",
          "cache_entries",
          "cache_trusted",
          "build_info",
          "nodejs_eventloop_lag",
        ])
          expect(text).toContain(`gatehouse_${name}`);
      },
      { env },
    ));
});
