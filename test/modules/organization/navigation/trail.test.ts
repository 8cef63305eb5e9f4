import { describe, expect, test } from "bun:test";
import { and, eq } from "drizzle-orm";
import { purgeExpired } from "../../../../src/queue/maintenance.ts";
import { auditEvent, member, trail } from "../../../../src/schema.ts";
import type { Answer } from "../../../harness/answer.ts";
import { inSandbox } from "../../../harness/app.ts";
import { make, refusal } from "./world.ts";

const path = (org: string) => `/v1/orgs/${org}/me/trail`;
const urls = ({ body }: Answer) => (body as { data: { url: string }[] }).data.map(({ url }) => url);
const dayMs = 24 * 3600 * 1000;

describe("/v1/orgs/{org}/me/trail", () => {
  test("201, then the latest first, to the member alone and in this organization only; 204 forgets", () =>
    inSandbox(async ({ organization, clock, database }) => {
      const { slug, owner, join } = await organization();
      const other = await organization(owner);
      const member = await join("nobody");
      const visited = await member.post(path(slug), { url: "/one", label: "One" });
      expect(visited.status).toBe(201);
      expect(visited.body).toEqual({
        id: expect.any(String),
        url: "/one",
        label: "One",
        viewId: null,
        at: expect.any(String),
      });
      clock.advance(1000);
      await member.post(path(slug), { url: "/two" });
      await owner.post(path(slug), { url: "/owners" });
      await owner.post(path(other.slug), { url: "/elsewhere" });
      expect(urls(await member.get(path(slug)))).toEqual(["/two", "/one"]);
      expect(urls(await owner.get(path(slug)))).toEqual(["/owners"]);
      expect((await member.delete(path(slug))).status).toBe(204);
      expect(urls(await member.get(path(slug)))).toEqual([]);
      expect(urls(await owner.get(path(slug)))).toEqual(["/owners"]);
      expect(await database.db.$count(auditEvent, eq(auditEvent.entityType, "trail"))).toBe(0);
    }));

  test("200 with this session's visits only", () =>
    inSandbox(async ({ organization, anonymous }) => {
      const { slug, owner } = await organization();
      await owner.post(path(slug), { url: "/old" });
      const { headers } = await anonymous.post("/api/auth/sign-in/email", {
        email: owner.email,
        password: "correct horse battery",
      });
      const cookie = headers
        .getSetCookie()
        .map((line) => line.split(";")[0])
        .join("; ");
      await anonymous.post(path(slug), { url: "/new" }, { cookie });
      expect(urls(await anonymous.get(path(slug), { cookie }))).toEqual(["/new", "/old"]);
      expect(urls(await anonymous.get(`${path(slug)}?session=current`, { cookie }))).toEqual(["/new"]);
      expect(urls(await owner.get(`${path(slug)}?session=current`))).toEqual(["/old"]);
    }));

  test("422 for neither or both of view and URL, and for a view that the member doesn't see", () =>
    inSandbox(async ({ organization }) => {
      const { slug, owner, join } = await organization();
      const other = await organization();
      const member = await join("member");
      const view = { key: "v", name: "Keys", url: "/keys", permission: "apiKey:read" };
      const viewId = await make(owner, `/v1/orgs/${slug}/views`, view);
      const theirs = await make(other.owner, `/v1/orgs/${other.slug}/views`, view);
      expect(refusal(await member.post(path(slug), {}))).toEqual([422, "validation_failed", "url"]);
      expect(refusal(await owner.post(path(slug), { viewId, url: "/" }))).toEqual([422, "validation_failed", "url"]);
      expect(refusal(await member.post(path(slug), { viewId }))).toEqual([422, "validation_failed", "viewId"]);
      expect(refusal(await owner.post(path(slug), { viewId: theirs }))).toEqual([422, "validation_failed", "viewId"]);
      expect((await owner.post(path(slug), { viewId })).body).toMatchObject({ viewId, url: "/keys", label: "Keys" });
      await owner.delete(`/v1/orgs/${slug}/views/${viewId}`);
      expect((await owner.get(path(slug))).body).toMatchObject({ data: [{ viewId: null, url: "/keys" }] });
    }));

  test("the last fifty are kept, for thirty days, and while one is a member", () =>
    inSandbox(async ({ organization, clock, database, deps }) => {
      const { slug, id, owner, join } = await organization();
      const someone = await join("member");
      for (let n = 0; n < 53; n++) await someone.post(path(slug), { url: `/${n}` });
      expect(urls(await someone.get(path(slug)))).toEqual(Array.from({ length: 50 }, (_, n) => `/${52 - n}`));
      expect(await database.db.$count(trail)).toBe(50);
      clock.advance(20 * dayMs);
      await owner.post(path(slug), { url: "/young" });
      clock.advance(9 * dayMs);
      expect(await purgeExpired(deps, { batch: 20, retention: deps.config.retention.days })).toMatchObject({
        purged: { visits: 0 },
      });
      clock.advance(2 * dayMs);
      expect(await purgeExpired(deps, { batch: 20, retention: deps.config.retention.days })).toMatchObject({
        purged: { visits: 50 },
      });
      expect(await database.db.$count(trail)).toBe(1);
      await database.db.insert(trail).values({
        organizationId: id,
        userId: someone.userId,
        sessionId: "s",
        url: "/",
        at: clock.now(),
      });
      await database.db.delete(member).where(and(eq(member.organizationId, id), eq(member.userId, someone.userId)));
      expect(await database.db.$count(trail)).toBe(1);
    }));

  test("403 for a key, which goes nowhere", () =>
    inSandbox(async ({ organization, anonymous }) => {
      const { slug, owner } = await organization();
      const { body } = await owner.post(`/v1/orgs/${slug}/api-keys`, { name: "k", permissions: ["task:read"] });
      const headers = { "x-api-key": (body as { key: string }).key };
      for (const answer of [
        await anonymous.get(path("current"), headers),
        await anonymous.post(path("current"), { url: "/" }, headers),
      ])
        expect(refusal(answer)).toEqual([403, "person_required"]);
    }));
});
