import { describe, expect, test } from "bun:test";
import { and, asc, eq } from "drizzle-orm";
import type { Permission } from "../../src/core/access/permission.ts";
import { auditEvent, invitation, member, organizationRole } from "../../src/schema.ts";
import type { Actor } from "../harness/actor.ts";
import type { Organization } from "../harness/app.ts";
import { makeKey } from "../harness/keys.ts";
import { client, withRoles } from "./with-roles.ts";

const idOf = async ({ id }: Organization, who: Actor) =>
  ((await who.get(`/v1/orgs/${id}/members/me`)).body as { id: string }).id;
const codeIn = ({ error }: { error: unknown }) => {
  const { status, code } = (error ?? {}) as { status?: number; code?: string };
  return [status, code];
};

test("has-permission asks for all that is named, over all of one's roles, and stays better-auth's in the rest", () =>
  withRoles(async (given) => {
    const { id: organizationId, owner, join, role, signUp } = given;
    await role("reader", { "task:read": {} });
    await role("writer", { "task:update": {} });
    const both = client(given, await join("reader,writer"));
    const ask = async (permissions: Record<string, string[]>) =>
      (await both.hasPermission({ organizationId, permissions })).data;
    expect(await ask({ task: ["read", "update"] })).toEqual({ error: null, success: true } as never);
    expect(await ask({ task: ["read", "delete"] })).toEqual({ error: null, success: false } as never);
    expect(await ask({ task: ["read"], nothing: ["read"] })).toMatchObject({ success: false });
    expect(await ask({ task: [] })).toMatchObject({ success: false });
    expect(await ask({})).toMatchObject({ success: false });
    const path = "/api/auth/organization/has-permission";
    const permissions = { task: ["read"] };
    expect((await (await signUp()).post(path, { organizationId, permissions })).status).toBe(401);
    expect((await owner.post(path, { permissions: "task" })).status).toBe(400);
    expect((await owner.post(path, { permissions }, { origin: "https://evil.example" })).status).toBe(403);
  }));

describe("what our permissions refuse, better-auth's routes refuse in their own words", () => {
  const routes: [
    Permission,
    string,
    number,
    (api: ReturnType<typeof client>, ids: Ids) => Promise<{ error: unknown }>,
  ][] = [
    [
      "organization:update",
      "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION",
      403,
      (api, { organizationId }) => api.update({ organizationId, data: { name: "X" } }),
    ],
    [
      "organization:delete",
      "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION",
      403,
      (api, { organizationId }) => api.delete({ organizationId }),
    ],
    [
      "invitation:create",
      "YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION",
      403,
      (api, { organizationId }) => api.inviteMember({ organizationId, email: "new@example.com", role: "member" }),
    ],
    [
      "invitation:cancel",
      "YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION",
      403,
      (api, { invitationId }) => api.cancelInvitation({ invitationId }),
    ],
    [
      "member:delete",
      "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER",
      401,
      (api, { organizationId, memberId }) => api.removeMember({ organizationId, memberIdOrEmail: memberId }),
    ],
    [
      "member:update",
      "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER",
      403,
      (api, { organizationId, memberId }) => api.updateMemberRole({ organizationId, memberId, role: "viewer" }),
    ],
    [
      "role:create",
      "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE",
      403,
      (api, { organizationId }) => api.createRole({ organizationId, role: "made", permission: {} }),
    ],
    [
      "role:update",
      "YOU_ARE_NOT_ALLOWED_TO_UPDATE_A_ROLE",
      403,
      (api, { organizationId }) => api.updateRole({ organizationId, roleName: "spare", data: { permission: {} } }),
    ],
    [
      "role:delete",
      "YOU_ARE_NOT_ALLOWED_TO_DELETE_A_ROLE",
      403,
      (api, { organizationId }) => api.deleteRole({ organizationId, roleName: "spare" }),
    ],
    [
      "role:read",
      "YOU_ARE_NOT_ALLOWED_TO_LIST_A_ROLE",
      403,
      (api, { organizationId }) => api.listRoles({ query: { organizationId } }),
    ],
    [
      "invitation:read",
      "YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS",
      403,
      (api, { organizationId }) => api.listInvitations({ query: { organizationId } }),
    ],
    [
      "member:read",
      "YOU_ARE_NOT_ALLOWED_TO_ACCESS_THIS_ORGANIZATION",
      403,
      (api, { organizationId }) => api.listMembers({ query: { organizationId } }),
    ],
  ];
  type Ids = { organizationId: string; memberId: string; invitationId: string };

  test.each(routes)("%s", (permission, code, status, call) =>
    withRoles(async (given) => {
      const { id: organizationId, owner, join, role, database } = given;
      await role("spare", {});
      await role("powers", Object.fromEntries(routes.map(([name]) => [name, {}])));
      await role("never", { [permission]: { effect: "deny" } });
      const memberId = await idOf(given, await join("viewer"));
      const invited = await owner.post(`/v1/orgs/${organizationId}/invitations`, {
        email: "guest@example.com",
        role: "member",
      });
      const ids = { organizationId, memberId, invitationId: (invited.body as { id: string }).id };
      const tables = [organizationRole, member, invitation];
      const state = async () =>
        JSON.stringify(await Promise.all(tables.map((table) => database.db.select().from(table))));
      const denied = client(given, await join("admin,powers,never"));
      const before = await state();
      expect(codeIn(await call(denied, ids))).toEqual([status, code]);
      expect(await state()).toBe(before);
      // Who holds it by a role of the organization alone is let in.
      expect((await call(client(given, await join("member,powers,admin")), ids)).error).toBeNull();
    }),
  );
});

test("better-auth's routes tell no members, roles and invitations to who may not read them", () =>
  withRoles(async (given) => {
    const { id: organizationId, owner, join, role } = given;
    await owner.post(`/v1/orgs/${organizationId}/invitations`, { email: "guest@example.com", role: "member" });
    await role("blind", {
      "member:read": { effect: "deny" },
      "invitation:read": { effect: "deny" },
    });
    const blind = await join("admin,blind");
    const seen = async (who: Actor) => {
      const { data } = await client(given, who).getFullOrganization({ query: { organizationId } });
      return { members: data?.members.map(({ userId }) => userId), invitations: data?.invitations.length };
    };
    expect(await seen(blind)).toEqual({ members: [blind.userId], invitations: 0 });
    const roleOf = async (who: Actor, userId: string): Promise<string | undefined> =>
      (await client(given, who).getActiveMemberRole({ query: { organizationId, userId } })).data?.role;
    expect(await roleOf(blind, blind.userId)).toBe("admin,blind");
    expect(await roleOf(blind, owner.userId)).toBeUndefined();
    const admin = await join("admin");
    expect(await roleOf(admin, owner.userId)).toBe("owner");
    expect((await seen(admin)).invitations).toBe(1);
    expect((await seen(admin)).members).toContain(blind.userId);
  }));

test("role escalation: nobody gives or takes roles above their own through better-auth's routes", () =>
  withRoles(async (given) => {
    const { id: organizationId, owner, join, role, database } = given;
    await role("super", { "organization:delete": {} });
    await role("never", { "apiKey:create": { effect: "deny" } });
    const [admin, denied] = [await join("admin"), await join("admin,never")];
    const [top, plain] = [await idOf(given, await join("super,viewer")), await idOf(given, await join("viewer"))];
    const mine = await idOf(given, denied);
    const above = [403, "ROLE_BEYOND_YOURS"];
    const [api, restricted] = [client(given, admin), client(given, denied)];
    for (const wanted of ["super", "viewer,super", ["super"]]) {
      const change = { organizationId, memberId: plain, role: wanted as "admin" };
      expect(codeIn(await api.updateMemberRole(change))).toEqual(above);
      const email = `${Bun.randomUUIDv7()}@example.com`;
      expect(codeIn(await api.inviteMember({ organizationId, email, role: wanted }))).toEqual(above);
    }
    expect(codeIn(await api.updateMemberRole({ organizationId, memberId: top, role: "viewer" }))).toEqual(above);
    expect(codeIn(await api.removeMember({ organizationId, memberIdOrEmail: top }))).toEqual(above);
    expect(codeIn(await restricted.updateMemberRole({ organizationId, memberId: mine, role: "admin" }))).toEqual(above);
    expect(codeIn(await restricted.updateMemberRole({ organizationId, memberId: plain, role: "admin" }))).toEqual(
      above,
    );
    const email = "guest@example.com";
    await owner.post(`/v1/orgs/${organizationId}/invitations`, { email, role: "super" });
    expect(codeIn(await api.inviteMember({ organizationId, email, role: "member", resend: true }))).toEqual(above);
    const roles = await database.db.select().from(member).where(eq(member.organizationId, organizationId));
    expect(roles.map((row) => row.role).toSorted()).toEqual([
      "admin",
      "admin,never",
      "owner",
      "super,viewer",
      "viewer",
    ]);
    expect((await restricted.removeMember({ organizationId, memberIdOrEmail: mine })).error).toBeNull();
  }));

test("a body that is sent as something else than it is can't pass for another: 415", () =>
  withRoles(async ({ id, owner, join, role }) => {
    await role("never", { "organization:update": { effect: "deny" } });
    const denied = await join("admin,never");
    await owner.post("/api/auth/organization/set-active", { organizationId: id });
    const types = ["application/x-www-form-urlencoded+application/json", "text/application/json", "application/jsonx"];
    for (const type of types) {
      const headers = { "content-type": type };
      for (const body of [
        `organizationId=${id}&data[name]=X`,
        JSON.stringify({ organizationId: id, data: { name: "X" } }),
      ]) {
        const answer = await denied.request("POST", "/api/auth/organization/update", { body, headers });
        expect([type, answer.status]).toEqual([type, 415]);
      }
    }
  }));

describe("roles made through the official client", () => {
  test("are shown by /v1, held by members, changed and ended, each audited with its entries", () =>
    withRoles(async (given) => {
      const { id: organizationId, owner, join, database } = given;
      const api = client(given, owner);
      const made = await api.createRole({
        organizationId,
        role: "Support",
        permission: { task: ["read", "update"], ac: ["read"] },
      });
      expect(made.error).toBeNull();
      const path = `/v1/orgs/${organizationId}/roles/support`;
      const entries = async () =>
        (
          (await owner.get(path)).body as { permissions: { permission: string; effect: string; scope: string }[] }
        ).permissions.map(({ permission, effect, scope }) => `${permission} ${effect} ${scope}`);
      expect(await entries()).toEqual([
        "role:read allow organization",
        "task:read allow organization",
        "task:update allow organization",
      ]);
      const holder = await join("support");
      expect((await holder.get(`/v1/orgs/${organizationId}/roles`)).status).toBe(200);
      expect((await client(given, holder).listRoles({ query: { organizationId } })).data).toMatchObject([
        { role: "support", permission: { task: ["read", "update"], ac: ["read"] } },
      ]);

      await owner.patch(`${path}/permissions/task:read`, { effect: "deny" });
      await owner.patch(`${path}/permissions/task:delete`, { effect: "allow", scope: "own" });
      await owner.patch(`${path}/permissions/task:purge`, { effect: "deny" });
      const updated = await api.updateRole({
        organizationId,
        roleName: "support",
        data: { permission: { task: ["read", "delete"] } },
      });
      expect(updated.error).toBeNull();
      expect(await entries()).toEqual([
        "task:delete allow organization",
        "task:purge deny organization",
        "task:read allow organization",
      ]);

      expect(codeIn(await api.deleteRole({ organizationId, roleName: "support" }))).toEqual([
        400,
        "ROLE_IS_ASSIGNED_TO_MEMBERS",
      ]);
      const removed = await api.removeMember({ organizationId, memberIdOrEmail: holder.email });
      expect(removed.error).toBeNull();
      await owner.patch(`/v1/orgs/${organizationId}`, { defaultRole: "support" });
      expect(codeIn(await api.deleteRole({ organizationId, roleName: "support" }))[0]).toBe(400);
      await owner.patch(`/v1/orgs/${organizationId}`, { defaultRole: "member" });
      expect((await api.deleteRole({ organizationId, roleName: "support" })).error).toBeNull();
      expect((await owner.get(path)).status).toBe(404);

      const events = await database.db
        .select()
        .from(auditEvent)
        .where(and(eq(auditEvent.organizationId, organizationId), eq(auditEvent.entityType, "role")))
        .orderBy(asc(auditEvent.createdAt), asc(auditEvent.id));
      expect(events.map(({ action, actorId }) => [action, actorId === owner.userId])).toEqual([
        ["role.created", true],
        ["role.updated", true],
        ["role.updated", true],
        ["role.updated", true],
        ["role.updated", true],
        ["role.deleted", true],
      ]);
      expect(events[4]?.changes).toEqual({
        entries: {
          from: ["role:read allow", "task:delete allow own", "task:read deny", "task:update allow"],
          to: ["task:delete allow", "task:read allow"],
        },
      });
    }));

  test("grant nothing beyond one's own, name only what there is, and leave locked entries alone", () =>
    withRoles(async (given) => {
      const { id: organizationId, owner, join, role, database } = given;
      await role("never", { "project:delete": { effect: "deny" } });
      await role("super", { "organization:delete": {} });
      await role("locked", {
        "task:read": {},
        "task:purge": { effect: "deny", locked: true },
        "task:create": { locked: true },
      });
      await role("spare", { "task:read": {} });
      const denied = client(given, await join("admin,never"));
      const api = client(given, owner);
      const create = (by: typeof api, permission: Record<string, string[]>, name = "made") =>
        by.createRole({ organizationId, role: name, permission });
      const update = (by: typeof api, roleName: string, permission: Record<string, string[]>) =>
        by.updateRole({ organizationId, roleName, data: { permission } });
      const before = await database.db.select().from(organizationRole);
      expect(codeIn(await create(denied, { project: ["delete"] }))).toEqual([
        403,
        "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE",
      ]);
      expect(codeIn(await create(denied, { organization: ["delete"] }))[0]).toBe(403);
      expect(codeIn(await create(api, { task: ["fly"] }))[0]).toBe(403);
      expect(codeIn(await create(api, { nothing: ["read"] }))).toEqual([400, "INVALID_RESOURCE"]);
      expect(codeIn(await create(api, {}, "admin"))).toEqual([400, "ROLE_NAME_IS_ALREADY_TAKEN"]);
      expect(codeIn(await create(api, {}, "spare"))).toEqual([400, "ROLE_NAME_IS_ALREADY_TAKEN"]);
      expect(codeIn(await create(api, {}, "not a name"))).toEqual([400, "INVALID_ROLE_NAME"]);
      expect(codeIn(await update(denied, "spare", { project: ["delete"] }))[0]).toBe(403);
      expect(codeIn(await update(denied, "super", { task: ["read"] }))).toEqual([403, "ROLE_BEYOND_YOURS"]);
      expect(codeIn(await denied.deleteRole({ organizationId, roleName: "super" }))).toEqual([
        403,
        "ROLE_BEYOND_YOURS",
      ]);
      const locked = [409, "ENTRY_LOCKED"];
      expect(codeIn(await update(api, "locked", { task: ["read"] }))).toEqual(locked);
      expect(codeIn(await update(api, "locked", { task: ["create", "purge"] }))).toEqual(locked);
      expect(codeIn(await api.deleteRole({ organizationId, roleName: "locked" }))).toEqual(locked);
      expect(await database.db.select().from(organizationRole)).toEqual(before);
      expect((await update(api, "locked", { task: ["create", "delete"] })).error).toBeNull();
    }));
});

test("key management through the official client obeys denials too", () =>
  withRoles(async (given) => {
    const { id: organizationId, join, role } = given;
    await role("never", {
      "apiKey:read": { effect: "deny" },
      "apiKey:update": { effect: "deny" },
      "apiKey:delete": { effect: "deny" },
    });
    const denied = await join("admin,never");
    const { id } = await makeKey(given, { permissions: ["task:read"] });
    for (const answer of [
      await denied.get(`/api/auth/api-key/list?organizationId=${organizationId}`),
      await denied.get(`/api/auth/api-key/get?id=${id}`),
      await denied.post("/api/auth/api-key/update", { keyId: id, name: "x" }),
      await denied.post("/api/auth/api-key/delete", { keyId: id }),
    ])
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([
        403,
        "INSUFFICIENT_API_KEY_PERMISSIONS",
      ]);
    expect((await (await join("admin")).get(`/api/auth/api-key/get?id=${id}`)).status).toBe(200);
  }));
