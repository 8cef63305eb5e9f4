import { afterAll, beforeAll, expect, test } from "bun:test";
import { openPlace, type Place } from "../harness/place.ts";
import { freePort, runService, type ServiceProcess, startService } from "../harness/process.ts";

let place: Place;
let service: ServiceProcess;
let port: number;
const env = () => ({ ...place.env, METRICS_PORT: String(port) });

beforeAll(async () => {
  [place, port] = await Promise.all([openPlace(), freePort()]);
  service = await startService({ env: { ...env(), HOST: "127.0.0.1" } });
});
afterAll(async () => {
  await service?.[Symbol.asyncDispose]();
  await place?.[Symbol.asyncDispose]();
});

test("figures are on a port of their own, and nothing else is", async () => {
  const at = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  expect(await (await at("/metrics")).text()).toContain("gatehouse_process_resident_memory_bytes");
  for (const path of ["/", "/v1/me", "/api/auth/get-session", "/livez"]) expect((await at(path)).status).toBe(404);
  expect((await fetch(`${service.url}/metrics`)).status).toBe(404);
});

test("a service whose port for figures is taken doesn't start, and names the setting", async () => {
  await service.stop();
  using taken = Bun.serve({ port, hostname: "127.0.0.1", fetch: () => new Response() });
  const refused = runService({ env: { ...env(), PORT: "0", HOST: "127.0.0.1" } });
  expect(await refused.exited).toBe(1);
  expect(refused.output()).toContain(`port ${taken.port} on 127.0.0.1 is in use; set METRICS_PORT to another one`);
});
