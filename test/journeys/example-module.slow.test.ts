import { expect, test } from "bun:test";
import { type Answer, problemOf } from "../harness/answer.ts";
import { openPlace } from "../harness/place.ts";
import { startService } from "../harness/process.ts";
import { password, send, visitor } from "../harness/visitor.ts";

const program = "examples/module/app.ts";

type Item = { label: string; url: string | null; children: Item[] };
const labels = ({ body }: Answer) =>
  (body as { items: Item[] }).items.map(({ label, children }) => [label, children.map(({ url }) => url)]);

test("an application's premium module is refused and unseen until it is granted, then served and in the navigation", async () => {
  await using place = await openPlace();
  let email: string;
  {
    await using first = await startService({ env: place.env, program });
    ({ email } = await visitor(first.url));
    expect(await first.stop()).toBe(0);
  }
  await place.database((database) =>
    database.statement("", `update "user" set role = 'admin' where email = $1`, [email]),
  );
  await using service = await startService({ env: place.env, program });
  const { url } = service;
  const signedIn = await send(url, "", "POST", "/api/auth/sign-in/email", { email, password });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const owner = await visitor(url);
  expect((await owner.send("POST", "/v1/orgs", { name: "Acme", slug: "acme" })).status).toBe(201);
  const project = await owner.send("POST", "/v1/orgs/acme/projects", { name: "P" });
  const tasks = `/v1/orgs/acme/projects/${(project.body as { id: string }).id}/tasks`;
  await owner.send("POST", tasks, { title: "One" });
  await owner.send("POST", tasks, { title: "Two", status: "done" });

  const report = () => owner.send("GET", "/v1/orgs/acme/reports/workload");
  expect(problemOf(await report())).toEqual([403, "entitlement_required"]);
  expect(labels(await owner.send("GET", "/v1/orgs/acme/me/navigation"))).toEqual([]);
  const granted = await send(url, cookie, "PUT", "/v1/orgs/acme/entitlements", { modules: ["reports"] });
  expect(granted.status).toBe(200);
  expect((await report()).body).toEqual({ todo: 1, in_progress: 0, done: 1 });
  expect(labels(await owner.send("GET", "/v1/orgs/acme/me/navigation"))).toEqual([["Reports", ["/reports/workload"]]]);

  const { body } = await owner.send("GET", "/v1/modules");
  expect((body as { data: object[] }).data).toContainEqual({
    name: "reports",
    tier: "premium",
    permissions: ["report:read"],
  });
  const document = (await send(url, "", "GET", "/openapi.json")).body as { paths: Record<string, unknown> };
  expect(Object.keys(document.paths)).toContain("/v1/orgs/{org}/reports/workload");
});
