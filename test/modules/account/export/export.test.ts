import { describe, expect, test } from "bun:test";
import { heldBy } from "../../../../src/modules/account/export/export.ts";
import { modules } from "../../../../src/modules.ts";
import { project } from "../../../../src/schema.ts";
import { connectedFrom } from "../../../harness/actor.ts";
import { problemOf } from "../../../harness/answer.ts";
import { inSandbox } from "../../../harness/app.ts";
import { makeKey, holder } from "../../../harness/keys.ts";

const path = "/v1/me/export";

const gone = "do $$ begin raise exception 'the server goes down' using errcode = '57P01'; end $$";

describe("GET /v1/me/export", () => {
  test("401 for nobody, 403 for an API key and for somebody who is impersonated", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      expect(problemOf(await service.anonymous.get(path))).toEqual([401, "unauthenticated"]);
      const { key } = await makeKey(organization);
      expect(problemOf(await holder(service, key).get(path))).toEqual([403, "person_required"]);
      await service.database.statement("", `update session set impersonated_by = $1 where user_id = $2`, [
        (await service.signUp()).userId,
        organization.owner.userId,
      ]);
      expect(problemOf(await organization.owner.get(path))).toEqual([403, "impersonating"]);
    }));

  test("429 after ten in an hour, for this person alone", () =>
    inSandbox(
      async ({ signUp }) => {
        const [me, other] = [await signUp(), await signUp()];
        for (let n = 0; n < 10; n++) expect((await me.get(path)).status).toBe(200);
        const refused = await me.get(path);
        expect(problemOf(refused)).toEqual([429, "rate_limited"]);
        expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
        expect((await other.get(path)).status).toBe(200);
      },
      { env: { RATE_LIMIT: "on" } },
    ));

  test("200 with every row of more than a page, once, as an attachment that nobody keeps", () =>
    inSandbox(async ({ organization, database, clock }) => {
      const { id, owner } = await organization();
      const at = { createdAt: clock.now(), updatedAt: clock.now() };
      const rows = Array.from({ length: 1_201 }, (_, n) => ({
        name: `Project ${n}`,
        organizationId: id,
        ownerId: owner.userId,
        ...at,
      }));
      await database.db.insert(project).values(rows);
      const answer = await owner.get(path);
      const { organizations } = answer.body as { organizations: { projects: { name: string }[] }[] };
      expect(new Set(organizations[0]?.projects.map(({ name }) => name))).toEqual(
        new Set(rows.map(({ name }) => name)),
      );
      expect(organizations[0]?.projects).toHaveLength(rows.length);
      expect(answer.headers.get("content-disposition")).toBe('attachment; filename="export.json"');
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }));

  test("503 where the database is away at its beginning, and a cut connection where it goes away later", async () => {
    let fails: RegExp | null = null;
    await inSandbox(
      async ({ app, deps, organization, logs }) => {
        const { owner } = await organization();
        fails = /from "user" where id = \$1/;
        expect((await owner.get(path)).status).toBe(503);
        fails = /from "project"/;
        const request = new Request(`${deps.config.server.baseUrl}${path}`, { headers: { cookie: owner.cookie } });
        const response = await app.fetch(request, connectedFrom());
        expect(response.status).toBe(200);
        expect(await response.text().then(String, () => "cut")).toBe("cut");
        expect(logs.join("")).toContain("an export broke off");
      },
      {
        intercept: (statement) =>
          fails?.test(statement.text) ? { text: gone, values: [], shape: statement.shape } : statement,
      },
    );
  });

  test("a client that goes away ends the reading", () =>
    inSandbox(async ({ app, deps, organization }) => {
      const { owner } = await organization();
      const request = new Request(`${deps.config.server.baseUrl}${path}`, { headers: { cookie: owner.cookie } });
      const response = await app.fetch(request, connectedFrom());
      const reader = response.body!.getReader();
      expect((await reader.read()).done).toBe(false);
      await reader.cancel();
      expect((await reader.read()).done).toBe(true);
    }));
});

test("two modules that give the same name to what they hold don't start", () => {
  const twice = {
    exports: {
      organization: { name: modules.find(({ name }) => name === "projects")!.exports!.organization!["projects"]! },
    },
  };
  expect(() => heldBy([...modules, twice])).toThrow("two parts of a person's export are named name");
});
