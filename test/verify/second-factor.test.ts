import { afterAll, beforeAll, expect } from "bun:test";
import { openService, type Service } from "../harness/app.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { reporting } from "../harness/reporting.ts";
import { until } from "../harness/time.ts";

let fresh: FreshDatabase;
let service: Service;
const test = reporting(() => service);
beforeAll(async () => {
  fresh = await freshDatabase();
  service = await openService({ database: fresh.database });
});
afterAll(async () => {
  await service?.deps.close();
  await fresh?.dispose();
});

test("what is verified from memory follows the rule, the factors of the session, and the end of the grace", async () => {
  const organization = await service.organization();
  const ada = await organization.join("member");
  const ask = async () => (await ada.get(`/v1/verify?org=${organization.id}`)).status;
  const kept = async () => {
    await until(() => service.deps.verifier.trusted());
    for (let n = 0; n < 3; n++) expect(await ask()).toBe(200);
    expect(service.deps.verifier.size()).toBeGreaterThan(0);
  };
  const write = (text: string, ...values: unknown[]) => fresh.database.statement("", text, values);
  const require = (from: Date | null) =>
    write("update organization set two_factor_required_from = $2 where id = $1", organization.id, from);
  await kept();
  await require(service.clock.now());
  await until(async () => (await ask()) === 403);
  await write("update session set factors = 2 where id = $1", ada.sessionId);
  await until(async () => (await ask()) === 200);
  await kept();
  await write("update session set factors = 1 where id = $1", ada.sessionId);
  await until(async () => (await ask()) === 403);
  await require(new Date(service.clock.now().getTime() + 20_000));
  await until(async () => (await ask()) === 200);
  await kept();
  service.clock.advance(20_000);
  expect(await ask()).toBe(403);
});
