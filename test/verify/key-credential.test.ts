import { afterAll, beforeAll, expect } from "bun:test";
import { openService, type Organization, type Service } from "../harness/app.ts";
import { reporting } from "../harness/reporting.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { holder, type MadeKey, makeKey } from "../harness/keys.ts";
import { until } from "../harness/time.ts";

// With the cache in use: an answer must be the same from the database and from memory.
let fresh: FreshDatabase;
let service: Service;
const test = reporting(() => service);
let organization: Organization;
let made: MadeKey;
beforeAll(async () => {
  fresh = await freshDatabase();
  service = await openService({ database: fresh.database });
  organization = await service.organization();
  made = await makeKey(organization, { permissions: ["project:read"] });
  await until(() => service.deps.verifier.trusted());
});
afterAll(async () => {
  await service.deps.close();
  await fresh.dispose();
});

const session = () => decodeURIComponent(/session_token=([^;]+)/.exec(organization.owner.cookie)?.[1] ?? "");
const code = (body: unknown) => (body as { code?: string }).code;

/** What each of these is answered with, twice and on both ways: the second time from memory where there is one. */
async function expectAll(sent: Record<string, string>[], status: number, because?: string): Promise<void> {
  for (const headers of sent)
    for (const path of ["/v1/verify", "/v1/verify", `/v1/orgs/current/projects`, "/v1/verify"]) {
      const answer = await service.anonymous.get(path, headers);
      expect([headers, path, answer.status, because && code(answer.body)]).toEqual([headers, path, status, because]);
    }
}

test("a key is read from X-API-Key and from a Bearer token, whatever the case of the scheme", async () => {
  const { key } = made;
  await expectAll(
    [
      { "x-api-key": key },
      { authorization: `Bearer ${key}` },
      { authorization: `bearer ${key}` },
      { authorization: `BEARER ${key}`, cookie: "theme=dark" },
      { "x-api-key": ` ${key} ` },
      { authorization: `Bearer ${key}`, "x-api-key": key },
    ],
    200,
  );
});

test("401 for a key that is written oddly, or where a session belongs, and for a session where a key belongs", async () => {
  const { key } = made;
  const name = "better-auth.session_token";
  await expectAll(
    [
      { authorization: key },
      { authorization: `Bearer  ${key}` },
      { authorization: `Bearer\t${key}` },
      { authorization: `Bearer ${key} x` },
      { authorization: `Bearer ${key}, Bearer ${key}` },
      { authorization: `Bearer "${key}"` },
      { authorization: `Bearer ${encodeURIComponent(`${key} `)}` },
      { authorization: `Basic ${btoa(`${key}:`)}` },
      { authorization: `ApiKey ${key}` },
      { "x-api-key": `${key},${key}` },
      { "x-api-key": `Bearer ${key}` },
      { "x-api-key": key.toLowerCase() },
      { "x-api-key": key.slice(0, -1) },
      { "x-api-key": `${key}0` },
      { "x-api-key": `gh_${"é".repeat(49)}` },
      { cookie: `${name}=${key}` },
      { cookie: `api_key=${key}` },
      { "x-api-key": session() },
      { "x-api-key": encodeURIComponent(session()) },
    ],
    401,
    "unauthenticated",
  );
});

test("400 for a key beside a session or another key; a forged one beside a good one changes nothing", async () => {
  const { key } = made;
  const other = await makeKey(organization);
  await expectAll(
    [
      { "x-api-key": key, cookie: organization.owner.cookie },
      { authorization: `Bearer ${key}`, cookie: organization.owner.cookie },
      { authorization: `Bearer ${session()}`, "x-api-key": key },
      { authorization: `Bearer ${key}`, "x-api-key": other.key },
    ],
    400,
    "conflicting_credentials",
  );
  await expectAll([{ "x-api-key": key, cookie: "better-auth.session_token=forged" }], 200);
});

test("400 for a key or a token in a URL, also beside a good credential, and nothing of it is counted", async () => {
  const { key, id } = await makeKey(organization, { permissions: ["project:read"], remaining: 10 });
  const good = holder(service, key);
  const list = `/v1/orgs/${organization.id}/projects`;
  for (const path of [
    `/v1/verify?api_key=${key}`,
    `/v1/verify?apiKey=${key}`,
    `/v1/verify?x-api-key=x`,
    `/v1/verify?org=${organization.slug}&access_token=x`,
    `/v1/verify?permission=${key}`,
    `${list}?token=x`,
    `${list}?q=${key}`,
    `/v1/orgs/${key}/projects`,
    `/v1/introspect?token=x`,
  ])
    for (const who of [service.anonymous, good]) {
      const answer = await (path.startsWith("/v1/introspect") ? who.post(path, { token: key }) : who.get(path));
      const { error = code(answer.body) } = answer.body as { error?: string };
      const expected = path.startsWith("/v1/introspect") ? "invalid_request" : "credential_in_url";
      expect([path, answer.status, error]).toEqual([path, 400, expected]);
      expect(answer.text).not.toContain(key);
    }
  const row = await organization.owner.get(`/v1/orgs/${organization.id}/api-keys/${id}`);
  expect(row.body).toMatchObject({ remaining: 10 });
});

test("lines in the log are short and hold no credential, whatever was sent", async () => {
  const pad = "x".repeat(64 * 1024);
  const { key } = made;
  await service.anonymous.get("/api/auth/reset-password/a-single-use-token?callbackURL=/");
  for (const headers of [
    { authorization: `Bearer ${key}${pad}` },
    { "x-api-key": `${key}${pad}` },
    { cookie: `better-auth.session_token=${session()}${pad}` },
    { "x-api-key": key, "user-agent": `${key}\u001b[31m${pad}`, "x-request-id": `${key}${pad}` },
  ])
    for (const path of ["/v1/verify", "/v1/me", `/v1/${pad}`, `/nowhere/${key}/${pad}`])
      await service.anonymous.get(path, headers);
  expect(service.logs.length).toBeGreaterThan(15);
  for (const line of service.logs) {
    expect(line.length).toBeLessThan(1_000);
    for (const secret of [key.slice(8), session().slice(0, 32), "a-single-use-token"])
      expect(line).not.toContain(secret);
  }
});
