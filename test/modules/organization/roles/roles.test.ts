import { describe, expect, test } from "bun:test";
import { and, eq } from "drizzle-orm";
import { auditEvent, member, organizationRole, user } from "../../../../src/schema.ts";
import type { Actor } from "../../../harness/actor.ts";
import { type Answer, everyPage, problemOf } from "../../../harness/answer.ts";
import { inSandbox, type Organization, type Service } from "../../../harness/app.ts";

type Entry = { permission: string; effect: string; scope: string; locked: boolean };
type Role = { id: string; name: string; description: string | null; builtIn: boolean; permissions: Entry[] };

const shown = (answer: Answer) => answer.body as Role;
const faultsOf = (answer: Answer) => [
  answer.status,
  (answer.body as { errors?: { path: string }[] }).errors?.map(({ path }) => path),
];
const said = (role: Role) =>
  role.permissions.map(({ permission, effect, scope }) => `${permission} ${effect} ${scope}`);

type Given = Service & Organization & { path: string; idOf: (who: Actor) => Promise<string> };

const withOrganization = (test: (given: Given) => Promise<void>): Promise<void> =>
  inSandbox(async (service) => {
    const organization = await service.organization();
    const idOf = async (who: Actor) =>
      ((await who.get(`/v1/orgs/${organization.id}/members/me`)).body as { id: string }).id;
    await test({ ...service, ...organization, path: `/v1/orgs/${organization.id}/roles`, idOf });
  });

const permissionsOf = async (who: Actor, id: string): Promise<string[]> =>
  ((await who.get(`/v1/me/permissions?org=${id}`)).body as { permissions: string[] }).permissions;

describe("GET /roles", () => {
  test("200 with the built-in ones first, then the organization's own, each once over all pages", () =>
    withOrganization(async ({ owner, join, path }) => {
      for (const name of ["support", "billing", "a-team"]) await owner.post(path, { name });
      const reader = await join("viewer");
      const seen = await everyPage<Role>(reader, path, 2);
      expect(seen.map(({ name }) => name)).toEqual([
        "owner",
        "admin",
        "member",
        "viewer",
        "a-team",
        "billing",
        "support",
      ]);
      const found = (await reader.get(`${path}?q=B`)).body as { data: Role[] };
      expect(found.data.map(({ name }) => name)).toEqual(["member", "billing"]);
    }));

  test("404 for a role of another organization, also to change and to end it", () =>
    withOrganization(async ({ owner, organization, path }) => {
      const other = await organization();
      await other.owner.post(`/v1/orgs/${other.id}/roles`, { name: "theirs" });
      for (const name of ["theirs", "nothing", "%27"]) {
        expect((await owner.get(`${path}/${name}`)).status).toBe(404);
        expect((await owner.patch(`${path}/${name}`, { description: "x" })).status).toBe(404);
        expect((await owner.delete(`${path}/${name}`)).status).toBe(404);
        expect((await owner.get(`${path}/${name}/permissions`)).status).toBe(404);
        expect((await owner.put(`${path}/${name}/permissions`, { permissions: [] })).status).toBe(404);
        const entry = `${path}/${name}/permissions/task:read`;
        expect((await owner.patch(entry, { effect: "allow" })).status).toBe(404);
      }
    }));
});

describe("POST /roles", () => {
  test("201 with the row, its Location, and an event of its entries", () =>
    withOrganization(async ({ owner, path, database }) => {
      const answer = await owner.post(path, {
        name: "support",
        description: "Helps",
        permissions: [
          { permission: "task:update", scope: "own" },
          { permission: "token:introspect" },
          { permission: "project:delete", effect: "deny" },
        ],
      });
      expect(answer.status).toBe(201);
      expect(answer.headers.get("location")).toBe(`${path}/support`);
      const role = shown(answer);
      expect(role).toMatchObject({ name: "support", description: "Helps", builtIn: false });
      const entries = [
        "project:delete deny organization",
        "task:update allow own",
        "token:introspect allow organization",
      ];
      expect(said(role)).toEqual(entries);
      expect(shown(await owner.get(`${path}/support`))).toEqual(role);
      const [row] = await database.db.select().from(organizationRole).where(eq(organizationRole.id, role.id));
      expect([row?.permission, row?.rules]).toEqual([
        '{"token":["introspect"]}',
        { "task:update": { scope: "own" }, "project:delete": { effect: "deny" } },
      ] as never);
      const [event] = await database.db.select().from(auditEvent).where(eq(auditEvent.entityId, role.id));
      expect([event?.action, event?.entityType]).toEqual(["role.created", "role"]);
      expect(event?.changes["entries"]).toEqual({
        from: null,
        to: ["project:delete deny", "task:update allow own", "token:introspect allow"],
      });
    }));

  test("409 for a name that is taken, by a built-in role too", () =>
    withOrganization(async ({ owner, path }) => {
      expect((await owner.post(path, { name: "support" })).status).toBe(201);
      for (const name of ["support", "owner", "viewer"])
        expect(problemOf(await owner.post(path, { name }))).toEqual([409, "role_name_taken"]);
    }));

  test("422, naming the field, for a bad name, an unknown permission, one named twice, and a denial of one's own", () =>
    withOrganization(async ({ owner, path }) => {
      for (const name of ["me", "Support", "a,b", "a b", "-a", "x".repeat(61), ""])
        expect(faultsOf(await owner.post(path, { name }))).toEqual([422, ["name"]]);
      const read = { permission: "task:read" };
      const wrong: [unknown[], string][] = [
        [[read, { permission: "task:fly" }], "permissions.1.permission"],
        [[{ permission: "__proto__" }], "permissions.0.permission"],
        [[read, read], "permissions.1.permission"],
        [[{ ...read, effect: "deny", scope: "own" }], "permissions.0.scope"],
      ];
      for (const [permissions, field] of wrong)
        expect(faultsOf(await owner.post(path, { name: "support", permissions }))).toEqual([422, [field]]);
    }));

  test("403 for who grants what they don't hold, in whatever way they hold less", () =>
    withOrganization(async ({ owner, join, path }) => {
      await owner.post(path, {
        name: "half",
        permissions: [
          { permission: "role:create" },
          { permission: "task:update", scope: "own" },
          { permission: "project:delete", effect: "deny" },
        ],
      });
      const half = await join("half,member");
      const grant = async (who: Actor, ...permissions: object[]) =>
        (await who.post(path, { name: `r-${Bun.randomUUIDv7()}`, permissions })).status;
      expect(await grant(half, { permission: "task:read" }, { permission: "task:update" })).toBe(201);
      for (const permission of ["project:delete", "role:delete", "organization:delete"])
        expect([permission, await grant(half, { permission })]).toEqual([permission, 403]);
      const narrow = await join("half");
      expect(await grant(narrow, { permission: "task:update", scope: "own" })).toBe(201);
      expect(await grant(narrow, { permission: "task:update" })).toBe(403);
      expect(problemOf(await (await join("member")).post(path, { name: "x" }))).toEqual([403, "forbidden"]);
    }));
});

describe("PATCH and DELETE /roles/{role}", () => {
  test("200 with another name or description, 412 for another version, 204 when it ends", () =>
    withOrganization(async ({ owner, path, database }) => {
      const made = await owner.post(path, { name: "support" });
      const etag = made.headers.get("etag") ?? "";
      const renamed = await owner.patch(`${path}/support`, { name: "helpers" }, { "if-match": etag });
      expect(shown(renamed)).toMatchObject({ name: "helpers", description: null });
      expect((await owner.patch(`${path}/helpers`, { description: "x" }, { "if-match": etag })).status).toBe(412);
      expect((await owner.delete(`${path}/helpers`, undefined, { "if-match": etag })).status).toBe(412);
      await owner.post(path, { name: "others" });
      expect(problemOf(await owner.patch(`${path}/helpers`, { name: "others" }))).toEqual([409, "role_name_taken"]);
      expect(problemOf(await owner.patch(`${path}/helpers`, { name: "admin" }))).toEqual([409, "role_name_taken"]);
      expect((await owner.delete(`${path}/helpers`)).status).toBe(204);
      expect((await owner.get(`${path}/helpers`)).status).toBe(404);
      const events = await database.db
        .select()
        .from(auditEvent)
        .where(eq(auditEvent.entityId, shown(made).id))
        .orderBy(auditEvent.id);
      expect(events.map(({ action }) => action)).toEqual(["role.created", "role.updated", "role.deleted"]);
      expect(events[1]?.changes).toEqual({ name: { from: "support", to: "helpers" } });
    }));

  test("409 for a built-in role, whatever is to be changed", () =>
    withOrganization(async ({ owner, path }) => {
      for (const name of ["owner", "admin", "member", "viewer"]) {
        const built = [409, "role_built_in"];
        expect(problemOf(await owner.patch(`${path}/${name}`, { description: "x" }))).toEqual(built);
        expect(problemOf(await owner.delete(`${path}/${name}`))).toEqual(built);
        expect(problemOf(await owner.put(`${path}/${name}/permissions`, { permissions: [] }))).toEqual(built);
        const entry = `${path}/${name}/permissions/task:read`;
        for (const effect of ["allow", "deny", "inherit"])
          expect(problemOf(await owner.patch(entry, { effect }))).toEqual(built);
      }
    }));

  test("409 role_in_use while a member, an open invitation or the default role names it, to end and to rename it", () =>
    withOrganization(async ({ id, owner, join, path, idOf }) => {
      const inUse = [409, "role_in_use"];
      const refused = async () => {
        expect(problemOf(await owner.delete(`${path}/support`))).toEqual(inUse);
        expect(problemOf(await owner.patch(`${path}/support`, { name: "helpers" }))).toEqual(inUse);
      };
      await owner.post(path, { name: "support" });
      const holder = await idOf(await join("viewer,support"));
      await refused();
      await owner.patch(`/v1/orgs/${id}/members/${holder}`, { role: "viewer" });
      const invited = await owner.post(`/v1/orgs/${id}/invitations`, { email: "a@example.com", role: "support" });
      await refused();
      await owner.delete(`/v1/orgs/${id}/invitations/${(invited.body as { id: string }).id}`);
      await owner.patch(`/v1/orgs/${id}`, { defaultRole: "support" });
      await refused();
      await owner.patch(`/v1/orgs/${id}`, { defaultRole: "viewer" });
      expect((await owner.delete(`${path}/support`)).status).toBe(204);
    }));

  test("403 for a role that grants more than who changes it holds", () =>
    withOrganization(async ({ owner, join, path }) => {
      await owner.post(path, { name: "super", permissions: [{ permission: "organization:delete" }] });
      const admin = await join("admin");
      const above = [403, "role_beyond_yours"];
      expect(problemOf(await admin.patch(`${path}/super`, { description: "x" }))).toEqual(above);
      expect(problemOf(await admin.delete(`${path}/super`))).toEqual(above);
      expect(problemOf(await admin.put(`${path}/super/permissions`, { permissions: [] }))).toEqual(above);
      const read = `${path}/super/permissions/task:read`;
      expect(problemOf(await admin.patch(read, { effect: "allow" }))).toEqual(above);
    }));
});

describe("what a role says", () => {
  const put = (who: Actor, path: string, permissions: object[], headers?: Record<string, string>) =>
    who.put(`${path}/permissions`, { permissions }, headers);

  test("200 with the set replaced, the event of what changed, and the member's next request by it", () =>
    withOrganization(async ({ id, owner, join, path, database }) => {
      const made = shown(
        await owner.post(path, {
          name: "support",
          permissions: [{ permission: "task:read" }, { permission: "task:update" }],
        }),
      );
      const holder = await join("support");
      expect(await permissionsOf(holder, id)).toEqual(["task:read", "task:update"]);
      const after = [{ permission: "task:read" }, { permission: "project:read" }];
      expect((await put(owner, `${path}/support`, after)).status).toBe(200);
      expect(await permissionsOf(holder, id)).toEqual(["project:read", "task:read"]);
      const [event] = await database.db
        .select()
        .from(auditEvent)
        .where(and(eq(auditEvent.entityId, made.id), eq(auditEvent.action, "role.updated")));
      expect(event?.changes).toEqual({ entries: { from: ["task:update allow"], to: ["project:read allow"] } });
    }));

  test("412 for another version, and an unchanged set changes nothing", () =>
    withOrganization(async ({ owner, path, database }) => {
      const { id } = shown(await owner.post(path, { name: "support", permissions: [{ permission: "task:read" }] }));
      const read = await owner.get(`${path}/support/permissions`);
      const etag = read.headers.get("etag") ?? "";
      const same = await put(owner, `${path}/support`, [{ permission: "task:read" }], { "if-match": etag });
      expect([same.status, same.body, same.headers.get("etag")]).toEqual([200, read.body, etag] as never);
      expect(await database.db.$count(auditEvent, eq(auditEvent.entityId, id))).toBe(1);
      expect((await put(owner, `${path}/support`, [], { "if-match": etag })).status).toBe(200);
      expect((await put(owner, `${path}/support`, [{ permission: "task:read" }], { "if-match": etag })).status).toBe(
        412,
      );
      expect((await owner.get(`${path}/support/permissions`)).body).toEqual({ role: "support", permissions: [] });
    }));

  test("422 for an unknown permission and for ten thousand of them, and nothing has changed", () =>
    withOrganization(async ({ owner, path }) => {
      await owner.post(path, { name: "support", permissions: [{ permission: "task:read" }] });
      const before = (await owner.get(`${path}/support`)).body;
      const many = Array.from({ length: 10_000 }, () => ({ permission: "task:read" }));
      expect(faultsOf(await put(owner, `${path}/support`, many))).toEqual([422, ["permissions"]]);
      const some = [{ permission: "project:read" }, { permission: "project:fly" }];
      expect(faultsOf(await put(owner, `${path}/support`, some))).toEqual([422, ["permissions.1.permission"]]);
      const one = `${path}/support/permissions/project:fly`;
      expect(faultsOf(await owner.patch(one, { effect: "allow" }))).toEqual([422, ["permission"]]);
      expect((await owner.get(`${path}/support`)).body).toEqual(before);
    }));

  test("PATCH of one entry: allowed, for one's own, denied, inherited again; the others stay", () =>
    withOrganization(async ({ id, owner, join, path }) => {
      await owner.post(path, { name: "support", permissions: [{ permission: "task:read" }] });
      const holder = await join("support,viewer");
      const one = `${path}/support/permissions/project:read`;
      const steps: [object, object, boolean][] = [
        [{ effect: "deny" }, { effect: "deny", scope: "organization" }, false],
        [{ effect: "allow" }, { effect: "allow", scope: "organization" }, true],
        [{ effect: "allow", scope: "own" }, { effect: "allow", scope: "own" }, true],
        [{ effect: "inherit" }, { effect: "inherit", scope: "organization" }, true],
      ];
      for (const [input, state, held] of steps) {
        const answer = await owner.patch(one, input);
        expect(answer.body).toEqual({ permission: "project:read", locked: false, ...state });
        expect((await owner.get(one)).headers.get("etag")).toBe(answer.headers.get("etag"));
        expect((await permissionsOf(holder, id)).includes("project:read")).toBe(held);
        expect(said(shown(await owner.get(`${path}/support`)))).toContain("task:read allow organization");
      }
      expect((await owner.patch(one, { effect: "deny" }, { "if-match": '"other"' })).status).toBe(412);
      expect(faultsOf(await owner.patch(one, { effect: "deny", scope: "own" }))).toEqual([422, ["scope"]]);
      expect(faultsOf(await owner.patch(one, { effect: "maybe" }))).toEqual([422, ["effect"]]);
    }));

  test("403 for who would raise themselves through a role that they hold: wider, undenied, or anew", () =>
    withOrganization(async ({ id, owner, join, path }) => {
      await owner.post(path, {
        name: "lead",
        permissions: [
          { permission: "role:update" },
          { permission: "role:read" },
          { permission: "task:update", scope: "own" },
          { permission: "project:delete", effect: "deny" },
        ],
      });
      const lead = await join("lead,member");
      await owner.post(path, { name: "narrow", permissions: [{ permission: "role:update" }] });
      const narrow = await join("narrow,lead");
      const before = await permissionsOf(narrow, id);
      const one = (permission: string) => `${path}/lead/permissions/${permission}`;
      for (const [who, permission, input] of [
        [lead, "project:delete", { effect: "inherit" }],
        [lead, "project:delete", { effect: "allow" }],
        [lead, "member:update", { effect: "allow" }],
        [lead, "organization:delete", { effect: "deny" }],
        [narrow, "task:update", { effect: "allow" }],
        [narrow, "task:create", { effect: "allow", scope: "own" }],
      ] as const)
        expect([permission, ...problemOf(await who.patch(one(permission), input))]).toEqual([
          permission,
          403,
          "permission_beyond_yours",
        ]);
      const all = [{ permission: "role:update" }, { permission: "role:read" }, { permission: "task:update" }];
      expect(problemOf(await put(narrow, `${path}/lead`, all))).toEqual([403, "permission_beyond_yours"]);
      expect(await permissionsOf(narrow, id)).toEqual(before);
      expect((await lead.patch(one("task:read"), { effect: "allow" })).status).toBe(200);
    }));
});

describe("locked entries", () => {
  async function platformAdmin({ signUp, database }: Service): Promise<Actor> {
    const admin = await signUp();
    await database.db.update(user).set({ role: "admin" }).where(eq(user.id, admin.userId));
    return admin;
  }

  test("409 entry_locked for the organization, by every way; the platform's administrator alone sets and lifts them", () =>
    withOrganization(async (given) => {
      const { id, owner, join, path } = given;
      const administrator = await platformAdmin(given);
      await owner.post(path, { name: "support", permissions: [{ permission: "task:read" }] });
      const locks = `/v1/admin/orgs/${id}/roles/support/locks`;
      const wanted = { permissions: [{ permission: "task:purge", effect: "deny" }, { permission: "task:create" }] };
      expect((await owner.put(locks, wanted)).status).toBe(404);
      const answer = await administrator.put(locks, wanted);
      expect(answer.body).toEqual({
        role: "support",
        permissions: [
          { permission: "task:create", effect: "allow", scope: "organization", locked: true },
          { permission: "task:purge", effect: "deny", scope: "organization", locked: true },
          { permission: "task:read", effect: "allow", scope: "organization", locked: false },
        ],
      });
      const holder = await join("support,admin");
      expect(await permissionsOf(holder, id)).not.toContain("task:purge");

      const locked = [409, "entry_locked"];
      const set = (permissions: object[]) => owner.put(`${path}/support/permissions`, { permissions });
      expect(problemOf(await set([]))).toEqual(locked);
      expect(problemOf(await set([{ permission: "task:create" }, { permission: "task:purge" }]))).toEqual(locked);
      for (const [permission, effect] of [
        ["task:purge", "allow"],
        ["task:purge", "inherit"],
        ["task:create", "deny"],
        ["task:create", "inherit"],
      ])
        expect(problemOf(await owner.patch(`${path}/support/permissions/${permission}`, { effect }))).toEqual(locked);
      expect((await owner.patch(`${path}/support/permissions/task:purge`, { effect: "deny" })).status).toBe(200);
      expect((await set([...wanted.permissions, { permission: "task:update" }])).status).toBe(200);
      await owner.patch(`/v1/orgs/${id}/members/${await given.idOf(holder)}`, { role: "viewer" });
      expect(problemOf(await owner.delete(`${path}/support`))).toEqual(locked);

      await administrator.put(locks, { permissions: [] });
      expect((await administrator.get(locks)).text).not.toContain('"locked":true');
      expect((await set([])).status).toBe(200);
      expect((await owner.delete(`${path}/support`)).status).toBe(204);
    }));

  test("go with their organization", () =>
    withOrganization(async (given) => {
      const { id, owner, path } = given;
      const administrator = await platformAdmin(given);
      await owner.post(path, { name: "support" });
      const locks = `/v1/admin/orgs/${id}/roles/support/locks`;
      await administrator.put(locks, { permissions: [{ permission: "task:purge", effect: "deny" }] });
      expect((await owner.delete(`/v1/orgs/${id}`)).status).toBe(204);
    }));
});

describe("/v1/admin/orgs/{orgId}/roles/{role}/locks", () => {
  test("404 for an organization that doesn't exist, whichever the role", () =>
    inSandbox(async ({ signUp, database }) => {
      const administrator = await signUp();
      await database.db.update(user).set({ role: "admin" }).where(eq(user.id, administrator.userId));
      for (const id of ["01990000-0000-7000-8000-000000000000", "nothing"])
        for (const role of ["owner", "viewer", "support"]) {
          const locks = `/v1/admin/orgs/${id}/roles/${role}/locks`;
          expect((await administrator.get(locks)).status).toBe(404);
          expect((await administrator.put(locks, { permissions: [] })).status).toBe(404);
        }
    }));
});

describe("several roles", () => {
  test("a denial outweighs, the widest reach counts, and an owner can't be denied", () =>
    withOrganization(async ({ id, owner, join, path, idOf }) => {
      await owner.post(path, { name: "no-tasks", permissions: [{ permission: "task:create", effect: "deny" }] });
      await owner.post(path, { name: "own-tasks", permissions: [{ permission: "task:create", scope: "own" }] });
      const someone = await join("member");
      const memberId = await idOf(someone);
      const standing = async (role: string) => {
        expect((await owner.patch(`/v1/orgs/${id}/members/${memberId}`, { role })).status).toBe(200);
        const { permissions, own } = (await someone.get(`/v1/me/permissions?org=${id}`)).body as {
          permissions: string[];
          own: string[];
        };
        return permissions.includes("task:create") ? "all" : own.includes("task:create") ? "own" : "none";
      };
      expect(await standing("member,own-tasks")).toBe("all");
      expect(await standing("viewer,own-tasks")).toBe("own");
      expect(await standing("own-tasks,member,no-tasks")).toBe("none");
      expect(await standing("no-tasks")).toBe("none");
      expect(await standing("owner,no-tasks")).toBe("all");
    }));

  test("role escalation: 403 for roles above the giver's own, in members, invitations and the default role", () =>
    withOrganization(async ({ id, owner, join, path, idOf, database }) => {
      await owner.post(path, { name: "super", permissions: [{ permission: "organization:delete" }] });
      await owner.post(path, { name: "no-keys", permissions: [{ permission: "apiKey:create", effect: "deny" }] });
      await owner.post(path, { name: "keys", permissions: [{ permission: "apiKey:create" }] });
      const [admin, denied] = [await join("admin"), await join("admin,no-keys")];
      const target = await idOf(await join("viewer"));
      const mine = await idOf(denied);
      const above = [403, "role_beyond_yours"];
      for (const role of ["super", "viewer,super", ["super"]]) {
        expect(problemOf(await admin.patch(`/v1/orgs/${id}/members/${target}`, { role }))).toEqual(above);
        const email = `${Bun.randomUUIDv7()}@example.com`;
        expect(problemOf(await admin.post(`/v1/orgs/${id}/invitations`, { email, role }))).toEqual(above);
      }
      expect(problemOf(await admin.patch(`/v1/orgs/${id}`, { defaultRole: "super" }))).toEqual(above);
      for (const role of ["keys", "admin"]) {
        expect(problemOf(await denied.patch(`/v1/orgs/${id}/members/${mine}`, { role }))).toEqual(above);
        expect(problemOf(await denied.patch(`/v1/orgs/${id}/members/${target}`, { role }))).toEqual(above);
      }
      const [row] = await database.db.select().from(member).where(eq(member.id, mine));
      expect(row?.role).toBe("admin,no-keys");
    }));

  test("422, naming the field, for a role that isn't there, and for one of another organization", () =>
    withOrganization(async ({ id, owner, join, organization, idOf }) => {
      const other = await organization();
      await other.owner.post(`/v1/orgs/${other.id}/roles`, { name: "theirs" });
      const target = await idOf(await join("viewer"));
      for (const role of ["theirs", "member,theirs", "nobody"]) {
        expect(faultsOf(await owner.patch(`/v1/orgs/${id}/members/${target}`, { role }))).toEqual([422, ["role"]]);
        const invited = await owner.post(`/v1/orgs/${id}/invitations`, { email: "a@example.com", role });
        expect(faultsOf(invited)).toEqual([422, ["role"]]);
        expect(faultsOf(await owner.patch(`/v1/orgs/${id}`, { defaultRole: role }))).toEqual([422, ["defaultRole"]]);
      }
    }));

  test("an invitation without a role is to the default one, and the newcomer has it", () =>
    withOrganization(async ({ id, owner, path, signUp }) => {
      await owner.post(path, { name: "newcomer", permissions: [{ permission: "project:read" }] });
      const changed = await owner.patch(`/v1/orgs/${id}`, { defaultRole: "newcomer" });
      expect(changed.body).toMatchObject({ defaultRole: "newcomer" });
      const guest = await signUp({ verified: true });
      const invited = await owner.post(`/v1/orgs/${id}/invitations`, { email: guest.email });
      expect(invited.body).toMatchObject({ role: "newcomer" });
      await guest.post(`/v1/me/invitations/${(invited.body as { id: string }).id}/accept`);
      expect(await permissionsOf(guest, id)).toEqual(["project:read"]);
    }));
});

test("GET /permissions: every permission with its module, tier and whether the organization may use it", () =>
  withOrganization(async ({ id, join, deps }) => {
    const { data } = (await (await join("viewer")).get(`/v1/orgs/${id}/permissions`)).body as {
      data: { permission: string; module: string; tier: string; own: boolean; granted: boolean }[];
    };
    expect(data.map(({ permission }) => permission)).toEqual([...deps.catalogue.permissions.keys()].toSorted());
    expect(data.find(({ permission }) => permission === "task:read")).toEqual({
      permission: "task:read",
      module: "tasks",
      tier: "standard",
      own: true,
      granted: true,
    });
    expect(data.find(({ permission }) => permission === "role:read")).toMatchObject({ own: false });
    for (const { tier, granted } of data) expect(granted).toBe(tier === "standard");
  }));
