import { describe, expect, test } from "bun:test";
import { and, eq, sql } from "drizzle-orm";
import { member } from "../../../../src/auth/tables/organization.ts";
import { session } from "../../../../src/auth/tables/session.ts";
import { auditEvent } from "../../../../src/schema.ts";
import type { Actor } from "../../../harness/actor.ts";
import { absent, type Answer, everyPage, problemOf } from "../../../harness/answer.ts";
import { inSandbox, type Organization, type Service } from "../../../harness/app.ts";

type Member = { id: string; userId: string; role: string; user: { id: string; name: string; email: string } };
type Page = { data: Member[]; nextCursor: string | null };

const shown = (answer: Answer) => answer.body as Member;

type Given = Service & Organization & { path: string; idOf: (who: Actor) => Promise<string> };

async function withOrganization(test: (given: Given) => Promise<void>): Promise<void> {
  await inSandbox(async (service) => {
    const organization = await service.organization();
    const path = `/v1/orgs/${organization.id}/members`;
    const idOf = async (who: Actor) => shown(await who.get(`${path}/me`)).id;
    await test({ ...service, ...organization, path, idOf });
  });
}

describe("GET /members", () => {
  test("200 for every role, each member once over all pages, in both directions", () =>
    withOrganization(async ({ owner, join, path, clock }) => {
      const everyone = [owner.userId];
      for (const role of ["admin", "member", "viewer", "viewer"]) {
        clock.advance(1000);
        everyone.push((await join(role)).userId);
      }
      const reader = await join("viewer");
      everyone.push(reader.userId);
      for (const sort of ["createdAt", "-createdAt"]) {
        const seen = await everyPage<Member>(reader, `${path}?sort=${sort}`, 2);
        expect(seen.map(({ userId }) => userId)).toEqual(sort === "createdAt" ? everyone : everyone.toReversed());
      }
    }));

  test("200 with those that `q` names by name or address, and those who hold `role` among their roles", () =>
    withOrganization(async ({ owner, join, signUp, path }) => {
      const ada = await join("admin,member", await signUp({ name: "Ada Love_lace" }));
      await join("member", await signUp({ name: "Bob Loveblace" }));
      const found = async (query: string) =>
        ((await owner.get(`${path}?${query}`)).body as Page).data.map(({ user }) => user.name).toSorted();
      expect(await found("q=LOVE_")).toEqual(["Ada Love_lace"]);
      expect(await found(`q=${encodeURIComponent(ada.email)}`)).toEqual(["Ada Love_lace"]);
      expect(await found("role=admin")).toEqual(["Ada Love_lace"]);
      expect(await found("role=member")).toEqual(["Ada Love_lace", "Bob Loveblace"]);
      expect(await found("role=min")).toEqual([]);
    }));

  test("200 with what a member may do and why, for who may read roles too", () =>
    withOrganization(async ({ owner, join, path, idOf, id }) => {
      const [who, viewer] = [await join("member"), await join("viewer")];
      await owner.post(`/v1/orgs/${id}/roles`, { name: "greeter", permissions: [{ permission: "member:read" }] });
      const greeter = await join("greeter");
      const at = `${path}/${await idOf(who)}/permissions`;
      const own = (await who.get(`/v1/me/permissions?org=${id}&explain=member:delete`)).body;
      expect((await viewer.get(`${at}?explain=member:delete`)).body).toEqual(own as object);
      expect(own).toMatchObject({ role: "member", explain: { allowed: false, reason: "not_granted" } });
      expect(problemOf(await viewer.get(`${at}?explain=no:thing`))).toEqual([422, "validation_failed"]);
      expect(problemOf(await greeter.get(at))).toEqual([403, "forbidden"]);
      expect((await greeter.get(`${path}/me`)).status).toBe(200);
      expect((await viewer.get(`${path}/${absent}/permissions`)).status).toBe(404);
    }));

  test("another organization's members are not in it, nor under its path", () =>
    withOrganization(async ({ owner, path, organization, idOf }) => {
      const other = await organization();
      const foreign = (await other.owner.get(`/v1/orgs/${other.id}/members`)).body as Page;
      expect(((await owner.get(path)).body as Page).data.map(({ id }) => id)).toEqual([await idOf(owner)]);
      for (const id of [foreign.data[0]?.id ?? "", absent, "x", "%27"]) {
        expect((await owner.get(`${path}/${id}`)).status).toBe(404);
        expect((await owner.patch(`${path}/${id}`, { role: "viewer" })).status).toBe(404);
        expect((await owner.delete(`${path}/${id}`)).status).toBe(404);
      }
    }));
});

describe("PATCH /members/{id}", () => {
  test("200 with one role or several, each once, and an event of it", () =>
    withOrganization(async ({ owner, join, path, idOf, database }) => {
      const id = await idOf(await join("viewer"));
      expect(shown(await owner.patch(`${path}/${id}`, { role: "member" })).role).toBe("member");
      expect(shown(await owner.patch(`${path}/${id}`, { role: ["viewer", " member ", "viewer"] })).role).toBe(
        "viewer,member",
      );
      expect(shown(await owner.patch(`${path}/${id}`, { role: "admin, viewer" })).role).toBe("admin,viewer");
      const events = await database.db
        .select()
        .from(auditEvent)
        .where(eq(auditEvent.entityId, id))
        .orderBy(auditEvent.id);
      expect(events.map(({ action, changes }) => [action, changes])).toEqual([
        ["member.updated", { role: { from: "viewer", to: "member" } }],
        ["member.updated", { role: { from: "member", to: "viewer,member" } }],
        ["member.updated", { role: { from: "viewer,member", to: "admin,viewer" } }],
      ]);
    }));

  test("role escalation: 403 for an owner made, changed or removed by who isn't one, in every spelling", () =>
    withOrganization(async ({ id: organizationId, owner, join, path, idOf, database }) => {
      const admin = await join("admin");
      const [mine, theirs, owners] = [await idOf(admin), await idOf(await join("member")), await idOf(owner)];
      for (const role of ["owner", "member,owner", " owner ", ["member", "owner"], ["member, owner"]])
        for (const id of [mine, "me", theirs])
          expect(problemOf(await admin.patch(`${path}/${id}`, { role }))).toEqual([403, "role_beyond_yours"]);
      expect(problemOf(await admin.patch(`${path}/${owners}`, { role: "viewer" }))).toEqual([403, "role_beyond_yours"]);
      expect(problemOf(await admin.delete(`${path}/${owners}`))).toEqual([403, "role_beyond_yours"]);
      const isOwner = and(eq(member.organizationId, organizationId), eq(member.role, "owner"));
      expect(await database.db.$count(member, isOwner)).toBe(1);
    }));

  test("the same is refused on better-auth's own routes", () =>
    withOrganization(async ({ id: organizationId, owner, join, idOf, database }) => {
      const admin = await join("admin");
      const [mine, owners] = [await idOf(admin), await idOf(owner)];
      for (const role of ["owner", "member,owner", ["admin", " owner"]]) {
        const body = { organizationId, memberId: mine, role };
        expect((await admin.post("/api/auth/organization/update-member-role", body)).status).toBe(403);
      }
      const demotion = { organizationId, memberId: owners, role: "viewer" };
      expect((await admin.post("/api/auth/organization/update-member-role", demotion)).status).toBe(403);
      const removal = { organizationId, memberIdOrEmail: owners };
      expect((await admin.post("/api/auth/organization/remove-member", removal)).status).toBe(400);
      const leaving = await owner.post("/api/auth/organization/leave", { organizationId });
      expect(leaving.status).toBe(400);
      const roles = await database.db
        .select({ role: member.role })
        .from(member)
        .where(eq(member.organizationId, organizationId));
      expect(roles.map(({ role }) => role).toSorted()).toEqual(["admin", "owner"]);
    }));

  test("an admin may promote and demote up to their own role", () =>
    withOrganization(async ({ join, path, idOf }) => {
      const [admin, other] = [await join("admin"), await join("member")];
      const id = await idOf(other);
      expect(shown(await admin.patch(`${path}/${id}`, { role: "admin" })).role).toBe("admin");
      expect(shown(await admin.patch(`${path}/${id}`, { role: "viewer" })).role).toBe("viewer");
      expect(problemOf(await other.patch(`${path}/me`, { role: "member" }))).toEqual([403, "forbidden"]);
    }));

  test("409 for the last owner; with another owner it is done", () =>
    withOrganization(async ({ owner, join, path, idOf }) => {
      expect(problemOf(await owner.patch(`${path}/me`, { role: "admin" }))).toEqual([409, "last_owner"]);
      expect(shown(await owner.patch(`${path}/me`, { role: "owner,member" })).role).toBe("owner,member");
      await owner.patch(`${path}/${await idOf(await join("member"))}`, { role: "owner" });
      expect(shown(await owner.patch(`${path}/me`, { role: "viewer" })).role).toBe("viewer");
      expect(problemOf(await owner.patch(`${path}/me`, { role: "owner" }))).toEqual([403, "forbidden"]);
    }));

  test("422 for a role that doesn't exist, or none", () =>
    withOrganization(async ({ owner, join, path, idOf }) => {
      const id = await idOf(await join("member"));
      for (const role of ["king", "Owner", "member,king", "", " , ", [], {}, 7, null]) {
        const answer = await owner.patch(`${path}/${id}`, { role });
        expect([role, answer.status]).toEqual([role, 422] as never);
      }
      expect((await owner.patch(`${path}/${id}`, {})).status).toBe(422);
    }));

  test("412 for another version than the one that was read", () =>
    withOrganization(async ({ owner, join, path, idOf }) => {
      const id = await idOf(await join("member"));
      const etag = (await owner.get(`${path}/${id}`)).headers.get("etag") ?? "";
      expect((await owner.patch(`${path}/${id}`, { role: "viewer" }, { "if-match": etag })).status).toBe(200);
      expect((await owner.patch(`${path}/${id}`, { role: "admin" }, { "if-match": etag })).status).toBe(412);
      expect((await owner.delete(`${path}/${id}`, undefined, { "if-match": etag })).status).toBe(412);
    }));
});

describe("DELETE /members/{id}", () => {
  test("204, and the organization is 404 to them and no session's active one", () =>
    withOrganization(async ({ id: organizationId, join, path, idOf, database }) => {
      const [admin, other] = [await join("admin"), await join("member")];
      await other.post("/api/auth/organization/set-active", { organizationId });
      const id = await idOf(other);
      expect((await admin.delete(`${path}/${id}`)).status).toBe(204);
      expect((await other.get(path)).status).toBe(404);
      expect(problemOf(await other.get("/v1/orgs/current"))).toEqual([400, "no_active_organization"]);
      const [row] = await database.db.select().from(session).where(eq(session.userId, other.userId));
      expect(row?.activeOrganizationId).toBeNull();
      const events = await database.db
        .select()
        .from(auditEvent)
        .where(sql`${auditEvent.entityId} = ${id} and ${auditEvent.action} = 'member.deleted'`);
      expect(events.map(({ actorId }) => actorId)).toEqual([admin.userId]);
    }));

  test("403 for who may not remove others, 409 for the last owner", () =>
    withOrganization(async ({ owner, join, path, idOf }) => {
      const other = await idOf(await join("viewer"));
      for (const role of ["member", "viewer"])
        expect(problemOf(await (await join(role)).delete(`${path}/${other}`))).toEqual([403, "forbidden"]);
      expect(problemOf(await owner.delete(`${path}/${await idOf(owner)}`))).toEqual([409, "last_owner"]);
    }));
});

describe("DELETE /members/me", () => {
  test("204 for every role but the last owner's", () =>
    withOrganization(async ({ owner, join, path, idOf }) => {
      for (const role of ["admin", "member", "viewer"]) {
        const leaving = await join(role);
        expect((await leaving.delete(`${path}/me`)).status).toBe(204);
        expect((await leaving.delete(`${path}/me`)).status).toBe(404);
      }
      expect(problemOf(await owner.delete(`${path}/me`))).toEqual([409, "last_owner"]);
      await owner.patch(`${path}/${await idOf(await join("admin"))}`, { role: "owner" });
      expect((await owner.delete(`${path}/me`)).status).toBe(204);
    }));
});
