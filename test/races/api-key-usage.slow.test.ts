import { afterAll, beforeAll, expect, test } from "bun:test";
import { openPlace, type Place } from "../harness/place.ts";
import { type ServiceProcess, startService } from "../harness/process.ts";
import { until } from "../harness/time.ts";
import { type Visitor, visitor } from "../harness/visitor.ts";

let place: Place;
beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place[Symbol.asyncDispose]());

const quota = 1_000;

/** An organization with a key of a quota and one of none. */
async function keysOf(who: Visitor) {
  const slug = `org-${Bun.randomUUIDv7().slice(-12)}`;
  expect((await who.send("POST", "/v1/orgs", { name: "Organization", slug })).status).toBe(201);
  const make = async (body: object) =>
    (await who.send("POST", `/v1/orgs/${slug}/api-keys`, { name: "a key", ...body })).body as {
      id: string;
      key: string;
    };
  return { metered: await make({ remaining: quota }), free: await make({}) };
}

async function use({ url }: ServiceProcess, { key }: { key: string }, times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    const answer = await fetch(`${url}/v1/verify`, { headers: { "x-api-key": key } });
    if (answer.status !== 200) throw new Error(`use ${n} is answered with ${answer.status}`);
  }
}

const stored = ({ id }: { id: string }) =>
  place.database(async (database) => {
    const text = `select remaining, last_request, coalesce((select sum(count)::int from apikey_usage where apikey_id = k.id), 0) as uses
      from apikey k where id = $1`;
    const [row] = await database.statement<{ remaining: number | null; last_request: Date | null; uses: number }>(
      "",
      text,
      [id],
    );
    return row;
  });

test("SIGTERM: every use is in the count by day, and in the quota", async () => {
  await using service = await startService({ env: { ...place.env } });
  const { metered, free } = await keysOf(await visitor(service.url));
  const [from] = [Date.now(), await Promise.all([use(service, metered, 100), use(service, free, 100)])];
  const to = Date.now();
  expect(await service.stop()).toBe(0);
  expect(await stored(metered)).toMatchObject({ remaining: quota - 100, uses: 100 });
  const row = await stored(free);
  expect(row).toMatchObject({ remaining: null, uses: 100 });
  const last = row?.last_request?.getTime();
  expect(last).toBeGreaterThanOrEqual(from);
  expect(last).toBeLessThanOrEqual(to);
});

test("kill -9: no use is missing in the quota, and in the count by day only those since it was last written", async () => {
  let service = await startService({ env: { ...place.env } });
  const who = await visitor(service.url);
  const { metered, free } = await keysOf(who);
  await Promise.all([use(service, metered, 50), use(service, free, 50)]);
  const usage = async () => {
    const answer = await who.send("GET", `/v1/orgs/current/api-keys/${free.id}/usage`);
    return (answer.body as { data: { count: number }[] }).data.reduce((sum, { count }) => sum + count, 0);
  };
  await until(async () => (await usage()) === 50);
  await Promise.all([use(service, metered, 50), use(service, free, 50)]);
  service.signal("SIGKILL");
  await service.exited;
  expect(await stored(metered)).toMatchObject({ remaining: quota - 100 });
  const counted = (await stored(free))?.uses ?? 0;
  expect(counted).toBeGreaterThanOrEqual(50);
  expect(counted).toBeLessThanOrEqual(100);

  service = await startService({ env: { ...place.env } });
  await use(service, metered, 1);
  expect(await service.stop()).toBe(0);
  expect(await stored(metered)).toMatchObject({ remaining: quota - 101 });
});
