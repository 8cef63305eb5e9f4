import { describe, expect, test } from "bun:test";
import type { Actor } from "../../../harness/actor.ts";
import { absent, type Answer } from "../../../harness/answer.ts";
import { inSandbox, type Organization, type Service } from "../../../harness/app.ts";
import { holder, makeKey, serviceKey } from "../../../harness/keys.ts";
import { modules } from "../../../harness/modules.ts";

const path = "/v1/authorize";
const idIn = (answer: Answer) => (answer.body as { id: string }).id;
const reasonOf = ({ status, body }: Answer) => [status, (body as { reason?: string }).reason];

type Given = Service &
  Organization & { ask: (who: Actor, body: object) => Promise<Answer>; project: string; task: string };

const withTask = (test: (given: Given) => Promise<void>): Promise<void> =>
  inSandbox(
    async (service) => {
      const organization = await service.organization();
      const { id, owner } = organization;
      const project = idIn(await owner.post(`/v1/orgs/${id}/projects`, { name: "Apollo" }));
      const task = idIn(await owner.post(`/v1/orgs/${id}/projects/${project}/tasks`, { title: "T" }));
      const ask = (who: Actor, body: object) => who.post(path, { org: id, ...body });
      await test({ ...service, ...organization, ask, project, task });
    },
    { modules },
  );

/** The signed session token, as a service is handed it. */
const tokenOf = (who: Actor) => decodeURIComponent(who.cookie.split("=").slice(1).join("="));

describe("POST /v1/authorize for the caller itself", () => {
  test("200 with the decision and its reason, in the active organization or the one that is named", () =>
    withTask(async ({ id, slug, owner, join, ask, signUp }) => {
      const viewer = await join("viewer");
      expect((await ask(viewer, { permission: "task:read" })).body).toEqual({ allowed: true, reason: "granted" });
      expect((await ask(viewer, { permission: "task:update" })).body).toEqual({
        allowed: false,
        reason: "not_granted",
      });
      expect(reasonOf(await ask(owner, { permission: "chat:read" }))).toEqual([200, "not_entitled"]);
      expect(reasonOf(await ask(owner, { permission: "task:fly" }))).toEqual([200, "unknown_permission"]);
      expect(reasonOf(await owner.post(path, { permission: "task:update" }))).toEqual([200, "granted"]);
      await viewer.post("/api/auth/organization/set-active", { organizationId: null });
      expect(reasonOf(await viewer.post(path, { permission: "task:read" }))).toEqual([200, "no_organization"]);
      expect(reasonOf(await viewer.post(path, { permission: "task:read", org: slug }))).toEqual([200, "granted"]);
      const stranger = await signUp();
      for (const org of [id, slug, absent, "Not A Slug"])
        expect(reasonOf(await stranger.post(path, { permission: "task:read", org }))).toEqual([200, "no_organization"]);
    }));

  test("a resource narrows what is held for one's own, and must be the organization's for everybody", () =>
    withTask(async ({ id, owner, join, ask, organization, project, task }) => {
      await owner.post(`/v1/orgs/${id}/roles`, {
        name: "author",
        permissions: [
          { permission: "task:update", scope: "own" },
          { permission: "project:update", scope: "own" },
          { permission: "task:create" },
        ],
      });
      const author = await join("author");
      const made = await author.post(`/v1/orgs/${id}/projects/${project}/tasks`, { title: "mine" });
      const mine = { type: "task", id: idIn(made) };
      const other = await organization();
      const foreign = {
        type: "project",
        id: idIn(await other.owner.post(`/v1/orgs/${other.id}/projects`, { name: "P" })),
      };
      const reasonFor = async (who: Actor, permission: string, resource?: object) =>
        ((await ask(who, { permission, resource })).body as { reason: string }).reason;
      expect(await reasonFor(author, "task:update", mine)).toBe("own");
      expect(await reasonFor(author, "task:update", { type: "task", id: task })).toBe("not_own");
      expect(await reasonFor(author, "task:update")).toBe("resource_required");
      expect(await reasonFor(author, "project:update", { type: "project", id: project })).toBe("not_own");
      expect(await reasonFor(owner, "task:update", { type: "task", id: task })).toBe("granted");
      expect(await reasonFor(owner, "project:update", { type: "project", id: project })).toBe("granted");
      for (const resource of [
        foreign,
        { type: "task", id: absent },
        { type: "task", id: "x" },
        { type: "task", id: project },
      ])
        expect(await reasonFor(owner, "task:update", resource)).toBe("not_found");
      expect(await reasonFor(author, "project:delete", foreign)).toBe("not_granted");
    }));

  test("200 with a hundred checks in their order; 422 for more, for none, and for both one and several", () =>
    withTask(async ({ owner, ask, task }) => {
      const checks = Array.from({ length: 100 }, (_, n) =>
        n % 2 ? { permission: "task:fly" } : { permission: "task:update", resource: { type: "task", id: task } },
      );
      const { results } = (await ask(owner, { checks })).body as { results: { allowed: boolean }[] };
      expect(results.map(({ allowed }) => allowed)).toEqual(checks.map((_, n) => n % 2 === 0));
      for (const body of [
        {},
        { checks: [] },
        { checks: [...checks, ...checks] },
        { permission: "task:read", checks },
        { permission: "" },
        { permission: "task:read", resource: { type: "user", id: task } },
      ])
        expect((await ask(owner, body)).status).toBe(422);
    }));

  test("401 without a credential, 403 for a cookie from a foreign origin", () =>
    withTask(async ({ anonymous, owner }) => {
      expect((await anonymous.post(path, { permission: "task:read" })).status).toBe(401);
      const foreign = { origin: "https://evil.example" };
      expect((await owner.post(path, { permission: "task:read" }, foreign)).status).toBe(403);
    }));

  test("an API key asks for itself: its own organization only, and nothing is its own", () =>
    withTask(async (given) => {
      const { organization, task, slug } = given;
      const key = holder(given, (await makeKey(given, { permissions: ["task:update"], remaining: 4 })).key);
      const resource = { type: "task", id: task };
      expect(reasonOf(await key.post(path, { permission: "task:update", resource }))).toEqual([200, "granted"]);
      expect(reasonOf(await key.post(path, { permission: "task:delete", org: slug }))).toEqual([200, "not_granted"]);
      const other = await organization();
      expect(reasonOf(await key.post(path, { permission: "task:update", org: other.id }))).toEqual([
        200,
        "not_granted",
      ]);
      expect((await key.post(path, { permission: "task:update" })).status).toBe(200);
      expect((await key.post(path, { permission: "task:update" })).status).toBe(429);
    }));
});

describe("POST /v1/authorize for a token's holder", () => {
  test("200 for a service with token:introspect: sessions and keys, by their own standing", () =>
    withTask(async (given) => {
      const { owner, join, ask, id, task } = given;
      const service = await serviceKey(given);
      const viewer = await join("viewer");
      const about = async (who: Actor, permission: string) =>
        reasonOf(await ask(service, { token: tokenOf(who), permission }))[1];
      expect(await about(owner, "task:update")).toBe("granted");
      expect(await about(viewer, "task:update")).toBe("not_granted");
      expect(await about(await given.signUp(), "task:update")).toBe("no_organization");
      const { key } = await makeKey(given, { permissions: ["task:update"] });
      const resource = { type: "task", id: task };
      expect(reasonOf(await service.post(path, { token: key, permission: "task:update", resource }))).toEqual([
        200,
        "granted",
      ]);
      for (const token of ["nonsense", "with space", `${tokenOf(owner)}x`])
        expect(reasonOf(await ask(service, { token, permission: "task:read" }))).toEqual([200, "invalid_token"]);
      await owner.post("/api/auth/sign-out", {});
      expect(reasonOf(await service.post(path, { org: id, token: tokenOf(owner), permission: "task:read" }))).toEqual([
        200,
        "invalid_token",
      ]);
    }));

  test("a service of one organization learns of that one alone", () =>
    withTask(async (given) => {
      const { organization } = given;
      const service = await serviceKey(given, given.id);
      const other = await organization();
      const ask = async (body: object) => reasonOf(await service.post(path, { permission: "task:read", ...body }))[1];
      expect(await ask({ token: tokenOf(given.owner) })).toBe("granted");
      expect(await ask({ token: tokenOf(given.owner), org: given.slug })).toBe("granted");
      expect(await ask({ token: tokenOf(other.owner) })).toBe("invalid_token");
      expect(await ask({ token: tokenOf(other.owner), org: other.id })).toBe("invalid_token");
      const foreign = await makeKey(other, { permissions: ["task:read"] });
      expect(await ask({ token: foreign.key })).toBe("invalid_token");
    }));

  test("403 for a person, and for a key without token:introspect", () =>
    withTask(async (given) => {
      const { owner, ask } = given;
      const token = tokenOf(owner);
      const codes = async (who: Actor) => {
        const { status, body } = await ask(who, { token, permission: "task:read" });
        return [status, (body as { code: string }).code];
      };
      expect(await codes(owner)).toEqual([403, "api_key_required"]);
      const key = holder(given, (await makeKey(given, { permissions: ["task:read"] })).key);
      expect(await codes(key)).toEqual([403, "forbidden"]);
    }));

  test("a metered key's use counts where it may do what is asked", () =>
    withTask(async (given) => {
      const service = await serviceKey(given);
      const { key } = await makeKey(given, { permissions: ["task:read"], remaining: 1 });
      const ask = async (permission: string) => reasonOf(await service.post(path, { token: key, permission }))[1];
      expect(await ask("task:update")).toBe("not_granted");
      expect(await ask("task:read")).toBe("granted");
      expect(await ask("task:read")).toBe("quota_exceeded");
    }));
});
