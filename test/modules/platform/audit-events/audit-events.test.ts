import { describe, expect, test } from "bun:test";
import { created, openScope } from "../../../../src/core/scope.ts";
import { sqlState } from "../../../../src/db/errors.ts";
import { guard } from "../../../../src/db/guards.ts";
import { sealAll } from "../../../../src/history/seal.ts";
import { modules } from "../../../../src/modules.ts";
import { auditRecorder } from "../../../../src/modules/platform/audit-events/index.ts";
import { auditEvent } from "../../../../src/modules/platform/audit-events/table.ts";
import { createProject } from "../../../../src/modules/work/projects/projects.ts";
import { project } from "../../../../src/modules/work/projects/table.ts";
import type { Actor } from "../../../harness/actor.ts";
import { everyPage } from "../../../harness/answer.ts";
import { inSandbox, type Organization, type Service } from "../../../harness/app.ts";

type Event = {
  id: string;
  createdAt: string;
  action: string;
  entity: { type: string; id: string };
  actor: { type: string; id: string | null; name: string | null; impersonatorId: string | null };
  changes: Record<string, { from: unknown; to: unknown }>;
  ipAddress: string | null;
  userAgent: string | null;
  requestId: string | null;
};
type Page = { data: Event[]; nextCursor: string | null };

type Given = Service &
  Organization & { projects: string; events: string; create: (name: string, who?: Actor) => Promise<string> };

async function inOrganization(test: (given: Given) => Promise<void>, env: Record<string, string> = {}): Promise<void> {
  await inSandbox(
    async (service) => {
      const organization = await service.organization();
      const [projects, events] = [`/v1/orgs/${organization.id}/projects`, `/v1/orgs/${organization.id}/audit-events`];
      const create = async (name: string, who = organization.owner) => {
        service.clock.advance(1000);
        return ((await who.post(projects, { name })).body as { id: string }).id;
      };
      await test({ ...service, ...organization, projects, events, create });
    },
    { env },
  );
}

const list = async (who: Actor, path: string): Promise<Event[]> => {
  const answer = await who.get(path);
  if (answer.status !== 200) throw new Error(answer.text);
  return (answer.body as Page).data;
};

describe("GET /audit-events", () => {
  test("200 with the change just made: who, what, from where, in which request", () =>
    inOrganization(async ({ owner, projects, events, create }) => {
      const id = await create("Apollo");
      const answer = await owner.request("PATCH", `${projects}/${id}`, {
        body: JSON.stringify({ name: "Gemini", description: null }),
        headers: { "content-type": "application/json", "user-agent": "curl/8", "x-request-id": "request-0001" },
        address: "203.0.113.9",
      });
      expect(answer.status).toBe(200);
      const [event] = await list(owner, events);
      expect(event).toEqual({
        id: expect.any(String),
        createdAt: expect.stringMatching(/Z$/),
        action: "project.updated",
        entity: { type: "project", id },
        actor: { type: "person", id: owner.userId, name: owner.name, impersonatorId: null },
        changes: { name: { from: "Apollo", to: "Gemini" } },
        ipAddress: "203.0.113.9",
        userAgent: "curl/8",
        requestId: "request-0001",
        sealed: false,
      } as never);
    }));

  test("200 with what isn't sealed yet", () =>
    inOrganization(async ({ deps, owner, events, create }) => {
      await create("Apollo");
      await sealAll(deps);
      await create("Gemini");
      const [last, ...earlier] = (await list(owner, events)) as (Event & { sealed: boolean })[];
      expect([last?.sealed, new Set(earlier.map(({ sealed }) => sealed))]).toEqual([false, new Set([true])]);
    }));

  test("200 with an event for each thing that happens to a project and a task", () =>
    inOrganization(async ({ owner, id: org, projects, events, create, clock }) => {
      const id = await create("Apollo");
      const task = ((await owner.post(`${projects}/${id}/tasks`, { title: "a" })).body as { id: string }).id;
      const trash = `/v1/orgs/${org}/trash`;
      for (const [method, at, body] of [
        ["patch", `${projects}/${id}/tasks/${task}`, { status: "done" }],
        ["delete", `${projects}/${id}/tasks/${task}`, undefined],
        ["post", `${projects}/${id}/tasks/${task}/restore`, undefined],
        ["delete", `${projects}/${id}/tasks/${task}`, undefined],
        ["delete", `${trash}/tasks/${task}`, undefined],
        ["delete", `${projects}/${id}`, undefined],
        ["post", `${projects}/${id}/restore`, undefined],
        ["delete", `${projects}/${id}`, undefined],
        ["delete", `${trash}/projects/${id}`, undefined],
      ] as const) {
        clock.advance(1000);
        expect((await owner[method](at, body)).status).toBeLessThan(300);
      }
      const actions = async (entity: string) =>
        (await list(owner, `${events}?entityId=${entity}`)).map(({ action }) => action).toReversed();
      expect(await actions(task)).toEqual([
        "task.created",
        "task.updated",
        "task.deleted",
        "task.restored",
        "task.deleted",
        "task.purged",
      ]);
      expect(await actions(id)).toEqual([
        "project.created",
        "project.deleted",
        "project.restored",
        "project.deleted",
        "project.purged",
      ]);
    }));

  test("200 by entity, actor, action and time", () =>
    inOrganization(async ({ owner, events, create, join, clock, projects }) => {
      const member = await join("member");
      const [first, second] = [await create("a"), await create("b", member)];
      clock.advance(1000);
      await member.patch(`${projects}/${first}`, { name: "c" });
      const ids = async (query: string) =>
        (await list(owner, `${events}?entityType=project&${query}`)).map(
          ({ action, entity }) => `${action} ${entity.id}`,
        );
      const [made, also, changed] = [
        `project.created ${first}`,
        `project.created ${second}`,
        `project.updated ${first}`,
      ];
      expect(await ids("")).toEqual([changed, also, made]);
      expect(await ids(`entityId=${first}`)).toEqual([changed, made]);
      expect(await ids(`actorId=${member.userId}`)).toEqual([changed, also]);
      expect(await ids("action=project.created")).toEqual([also, made]);
      const [, middle] = await list(owner, `${events}?entityType=project`);
      const at = encodeURIComponent(middle!.createdAt);
      expect(await ids(`from=${at}`)).toEqual([changed, also]);
      expect(await ids(`to=${at}`)).toEqual([made]);
      const elsewhere = encodeURIComponent(
        `${new Date(Date.parse(middle!.createdAt) + 7_200_000).toISOString().slice(0, -1)}+02:00`,
      );
      expect(await ids(`from=${elsewhere}&to=2999-01-01T00:00:00Z`)).toEqual([changed, also]);
      expect(await ids("action=project.purged")).toEqual([]);
    }));

  test("200 page by page, each event once", () =>
    inOrganization(async ({ owner, events, create }) => {
      for (const name of ["a", "b", "c"]) await create(name);
      const all = await list(owner, events);
      expect(all.length).toBeGreaterThan(3);
      for (const limit of [1, 2, all.length]) {
        expect(await everyPage<Event>(owner, events, limit)).toEqual(all);
      }
    }));

  test.each([
    "from=yesterday",
    "to=2026-01-01",
    "cursor=x",
    "limit=0",
    "limit=1e9",
    "entityType=nothing",
    "action=project.made",
  ])("422 for ?%s", (query) =>
    inOrganization(async ({ owner, events }) => expect((await owner.get(`${events}?${query}`)).status).toBe(422)),
  );

  test("200 for an admin; 403, naming the permission, for a member and a viewer; 404 for a stranger", () =>
    inOrganization(async ({ events, join, signUp }) => {
      expect((await (await join("admin")).get(events)).status).toBe(200);
      for (const role of ["member", "viewer"]) {
        const refused = await (await join(role)).get(events);
        expect([refused.status, refused.text.includes("auditEvent:read")]).toEqual([403, true]);
      }
      expect((await (await signUp()).get(events)).status).toBe(404);
    }));

  test("200 with nothing of another organization's, nor of none", () =>
    inOrganization(async ({ organization, create, database }) => {
      const id = await create("Apollo");
      const other = await organization();
      const seen = await list(other.owner, `/v1/orgs/${other.id}/audit-events?limit=100`);
      expect(seen.some(({ entity }) => entity.id === id)).toBe(false);
      expect(seen.every(({ entity }) => !["user", "session", "account"].includes(entity.type))).toBe(true);
      const [{ n }] = (await database.statement(
        "audit_n",
        "select count(*)::int as n from audit_event where organization_id is null",
        [],
      )) as [{ n: number }];
      expect(n).toBeGreaterThan(0);
    }));

  test("200 without anybody's address or secret", () =>
    inOrganization(async ({ owner, events, create, database }) => {
      await create("Apollo");
      const answer = await owner.get(`${events}?limit=100`);
      expect(answer.text).not.toContain(owner.email);
      const rows = await database.statement<{ text: string }>(
        "audit_all",
        "select changes::text as text from audit_event",
        [],
      );
      const tokens = await database.statement<{ token: string }>("audit_tokens", "select token from session", []);
      const written = rows.map(({ text }) => text).join();
      expect(written).not.toContain("correct horse battery");
      for (const { token } of tokens) expect(written).not.toContain(token);
    }));
});

describe("the address of an event", () => {
  const forwarded = { "x-forwarded-for": "198.51.100.7", "x-real-ip": "198.51.100.8", forwarded: "for=198.51.100.9" };
  const addressOf = async ({ owner, projects, events }: Given, socket: string, headers = forwarded as object) => {
    await owner.request("POST", projects, {
      body: JSON.stringify({ name: Bun.randomUUIDv7() }),
      headers: { "content-type": "application/json", ...headers },
      address: socket,
    });
    return (await list(owner, `${events}?limit=1&entityType=project`))[0]?.ipAddress;
  };

  test("is the socket's, whatever the headers claim", () =>
    inOrganization(async (given) => {
      expect(await addressOf(given, "203.0.113.9")).toBe("203.0.113.9");
      expect(await addressOf(given, "127.0.0.1")).toBe("127.0.0.1");
      expect(await addressOf(given, "::ffff:203.0.113.9")).toBe("203.0.113.9");
    }));

  test("is the one that a trusted proxy saw, and no further left", () =>
    inOrganization(
      async (given) => {
        expect(await addressOf(given, "10.1.2.3")).toBe("198.51.100.7");
        expect(await addressOf(given, "10.1.2.3", { "x-forwarded-for": "1.1.1.1, 198.51.100.7, 10.9.9.9" })).toBe(
          "198.51.100.7",
        );
        expect(await addressOf(given, "203.0.113.9")).toBe("203.0.113.9");
        expect(await addressOf(given, "10.1.2.3", { "x-forwarded-for": "nonsense" })).toBe("10.1.2.3");
      },
      { TRUSTED_PROXIES: "10.0.0.0/8" },
    ));

  test("is the socket's also on better-auth's routes", () =>
    inSandbox(async ({ anonymous, database }) => {
      const email = `spoof-${Bun.randomUUIDv7()}@example.com`;
      const answer = await anonymous.request("POST", "/api/auth/sign-up/email", {
        body: JSON.stringify({ email, name: "Spoof", password: "correct horse battery" }),
        headers: { "content-type": "application/json", ...forwarded, "x-gatehouse-client-address": "198.51.100.1" },
        address: "203.0.113.9",
      });
      expect(answer.status).toBe(200);
      const rows = await database.statement(
        "audit_addresses",
        'select distinct ip_address from audit_event where actor_id = (select id from "user" where email = $1)',
        [email],
      );
      expect(rows).toEqual([{ ip_address: "203.0.113.9" }]);
    }));
});

describe("the history", () => {
  // Where no row is touched too: an owner who isn't a superuser sees none, and must not be told that it worked.
  test.each([
    "update audit_event set action = 'x.y'",
    "delete from audit_event",
    "delete from audit_event where false",
    "truncate audit_event",
  ])("refuses its owner: %s", (text) =>
    inOrganization(async ({ database, create }) => {
      await create("Apollo");
      const state = await database.session(async ({ exec }) => exec(text).then(String, sqlState));
      expect(state).toBe(guard.appendOnly);
    }),
  );

  test("refuses the application's role", () =>
    inOrganization(async ({ database, create, id }) => {
      await create("Apollo");
      for (const text of ["update audit_event set action = 'x.y'", "delete from audit_event", "truncate audit_event"]) {
        const state = await database
          .transaction({ "app.organization_id": id, "app.user_id": "" }, (tx) => tx.execute(text))
          .then(String, sqlState);
        expect(state).toBe("42501");
      }
    }));

  test("shows an account's scope what the person did, outside organizations and in their own, and nobody else's deeds", () =>
    inOrganization(async ({ deps, id, owner, create, signUp }) => {
      await create("Apollo");
      const other = await signUp();
      const seenBy = async ({ userId }: Actor) => {
        const actor = { type: "user", id: userId, impersonatorId: null } as const;
        const origin = { requestId: null, ipAddress: null, userAgent: null };
        const scope = openScope(deps, actor, origin, { organizationId: null, userId });
        const rows = await scope.db.select().from(auditEvent);
        return new Set(rows.map(({ actorId, organizationId }) => `${actorId} ${organizationId}`));
      };
      expect(await seenBy(owner)).toEqual(new Set([`${owner.userId} null`, `${owner.userId} ${id}`]));
      expect(await seenBy(other)).toEqual(new Set([`${other.userId} null`]));
    }));

  test("refuses another organization's event from a scope", () =>
    inOrganization(async ({ database, clock, id }) => {
      const event = {
        organizationId: "another",
        actor: { type: "system", id: null, impersonatorId: null },
        origin: { requestId: null, ipAddress: null, userAgent: null },
        action: "project.created",
        entityId: "1",
        changes: {},
      } as const;
      const state = await database
        .transaction({ "app.organization_id": id, "app.user_id": "" }, (tx) =>
          auditRecorder(() => clock.now(), modules)(tx, event),
        )
        .then(String, sqlState);
      expect(state).toBe("42501");
    }));

  test("500 and neither the change nor the event, when the event can't be written", () =>
    inOrganization(async ({ database, owner, projects, events, create }) => {
      const id = await create("Apollo");
      await database.session(({ exec }) =>
        exec(`alter table audit_event add constraint broken check (action not like 'project.%') not valid`),
      );
      expect((await owner.post(projects, { name: "Gemini" })).status).toBe(500);
      expect((await owner.patch(`${projects}/${id}`, { name: "Gemini" })).status).toBe(500);
      expect((await owner.delete(`${projects}/${id}`)).status).toBe(500);
      await database.session(({ exec }) => exec("alter table audit_event drop constraint broken"));
      expect(((await owner.get(projects)).body as { data: { name: string }[] }).data.map(({ name }) => name)).toEqual([
        "Apollo",
      ]);
      expect(await list(owner, `${events}?entityType=project`)).toHaveLength(1);
    }));

  test("neither row, when the change fails after it was made", () =>
    inOrganization(async ({ deps, owner, id, projects, events, create }) => {
      await create("Apollo");
      const actor = { type: "user", id: owner.userId, impersonatorId: null } as const;
      const origin = { requestId: null, ipAddress: null, userAgent: null };
      const bounds = { organizationId: id, userId: owner.userId };
      const failing = openScope(deps, actor, origin, bounds).mutate("project.created", async (tx) => {
        const now = deps.clock();
        const [row] = await tx
          .insert(project)
          .values({ organizationId: id, name: "Gemini", createdAt: now, updatedAt: now })
          .returning();
        created(row!);
        throw new Error("on purpose");
      });
      expect(await failing.then(String, String)).toBe("Error: on purpose");
      const forgetful = openScope(
        { ...deps, recordAudit: () => Promise.reject(new Error("no ink")) },
        actor,
        origin,
        bounds,
      );
      const unrecorded = createProject(Object.assign(forgetful, { organizationId: id }), { name: "Mercury" });
      expect(await unrecorded.then(String, String)).toBe("Error: no ink");
      expect((await owner.post(projects, { name: "apollo" })).status).toBe(409);
      expect(((await owner.get(projects)).body as { data: object[] }).data).toHaveLength(1);
      expect(await list(owner, `${events}?entityType=project`)).toHaveLength(1);
    }));
});
