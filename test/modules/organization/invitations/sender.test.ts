import { describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { invitation, member } from "../../../../src/auth/tables/organization.ts";
import { sqlState } from "../../../../src/db/errors.ts";
import { guard } from "../../../../src/db/guards.ts";
import { session } from "../../../../src/auth/tables/session.ts";
import type { Actor } from "../../../harness/actor.ts";
import { type Answer, problemOf } from "../../../harness/answer.ts";
import { inSandbox, type Organization, type Service } from "../../../harness/app.ts";
import { holder, makeKey } from "../../../harness/keys.ts";

const idOf = (answer: Answer) => (answer.body as { id: string }).id;
const address = () => `guest-${Bun.randomUUIDv7()}@example.com`;

type Given = Service & Organization & { path: string; memberOf: (who: Actor) => Promise<string> };

const withOrganization = (test: (given: Given) => Promise<void>): Promise<void> =>
  inSandbox(async (service) => {
    const organization = await service.organization();
    const path = `/v1/orgs/${organization.id}`;
    const memberOf = async (who: Actor) => idOf(await who.get(`${path}/members/me`));
    await test({ ...service, ...organization, path, memberOf });
  });

describe("an invitation is worth what its sender is worth when it is accepted:", () => {
  const falls: [string, string, (given: Given, sender: Actor) => Promise<unknown>][] = [
    ["has left", "admin", async ({ path }, sender) => sender.delete(`${path}/members/me`)],
    [
      "was removed",
      "admin",
      async ({ owner, path, memberOf }, sender) => owner.delete(`${path}/members/${await memberOf(sender)}`),
    ],
    [
      "has a lesser role",
      "admin",
      async ({ owner, path, memberOf }, sender) =>
        owner.patch(`${path}/members/${await memberOf(sender)}`, { role: "member" }),
    ],
    [
      "may no longer invite",
      "viewer",
      async ({ owner, path, memberOf }, sender) => {
        const permissions = [{ permission: "invitation:create", effect: "deny" }];
        await owner.post(`${path}/roles`, { name: "quiet", permissions });
        return owner.patch(`${path}/members/${await memberOf(sender)}`, { role: "admin,quiet" });
      },
    ],
    [
      "is banned",
      "viewer",
      async ({ database }, sender) =>
        database.statement("", `update "user" set banned = true where id = $1`, [sender.userId]),
    ],
    [
      "doesn't hold what the role grants by now",
      "support",
      async ({ owner, path }) =>
        owner.put(`${path}/roles/support/permissions`, { permissions: [{ permission: "organization:delete" }] }),
    ],
  ];

  for (const [fall, role, happens] of falls) {
    test(`409 where the sender ${fall}, by our route and by better-auth's, and nobody joins`, () =>
      withOrganization(async (given) => {
        const { owner, path, join, signUp, database } = given;
        await owner.post(`${path}/roles`, { name: "support" });
        const [sender, guest, control] = [await join("admin"), await signUp({ verified: true }), address()];
        const id = idOf(await sender.post(`${path}/invitations`, { email: guest.email, role }));
        const kept = idOf(await owner.post(`${path}/invitations`, { email: control, role }));
        await happens(given, sender);
        expect(problemOf(await guest.post(`/v1/me/invitations/${id}/accept`))).toEqual([409, "invitation_closed"]);
        const official = await guest.post("/api/auth/organization/accept-invitation", { invitationId: id });
        expect(problemOf(official)).toEqual([400, "INVITATION_NOT_FOUND"]);
        expect(await database.db.$count(member, eq(member.userId, guest.userId))).toBe(0);
        const [row] = await database.db.select().from(invitation).where(eq(invitation.id, id));
        expect(row?.status).toBe("pending");
        const other = await signUp({ email: control, verified: true });
        expect((await other.post(`/v1/me/invitations/${kept}/accept`)).status).toBe(200);
      }));
  }

  test("200 after someone else has sent it again, who is its sender from then on", () =>
    withOrganization(async ({ owner, path, join, signUp }) => {
      const [sender, guest] = [await join("admin"), await signUp({ verified: true })];
      const id = idOf(await sender.post(`${path}/invitations`, { email: guest.email, role: "admin" }));
      await sender.delete(`${path}/members/me`);
      const resent = await owner.post(`${path}/invitations/${id}/resend`);
      expect([resent.status, resent.body]).toMatchObject([200, { inviterId: owner.userId }]);
      expect((await guest.post(`/v1/me/invitations/${id}/accept`)).status).toBe(200);
    }));

  test("409 and no mail where a key sends again what its sender can't give any more", () =>
    withOrganization(async (given) => {
      const { owner, path, join, mails } = given;
      await owner.post(`${path}/roles`, { name: "guest" });
      const sender = await join("admin");
      const id = idOf(await sender.post(`${path}/invitations`, { email: address(), role: "guest" }));
      const { key } = await makeKey(given, { permissions: ["invitation:create", "invitation:read"] });
      const resend = () => holder(given, key).post(`${path}/invitations/${id}/resend`);
      expect((await resend()).status).toBe(200);
      await sender.delete(`${path}/members/me`);
      const before = mails.length;
      expect(problemOf(await resend())).toEqual([409, "invitation_closed"]);
      expect(mails.length).toBe(before);
    }));
});

describe("while impersonating", () => {
  test("403 to invite and to send again, and no mail", () =>
    withOrganization(async ({ owner, path, signUp, database, mails }) => {
      const id = idOf(await owner.post(`${path}/invitations`, { email: address(), role: "member" }));
      const root = await signUp();
      await database.db.update(session).set({ impersonatedBy: root.userId }).where(eq(session.userId, owner.userId));
      const before = mails.length;
      const answers = [
        await owner.post(`${path}/invitations`, { email: address(), role: "member" }),
        await owner.post(`${path}/invitations/${id}/resend`),
      ];
      expect(answers.map(problemOf)).toEqual([
        [403, "impersonating"],
        [403, "impersonating"],
      ]);
      expect(mails.length).toBe(before);
      expect((await owner.get(`${path}/invitations`)).status).toBe(200);
    }));
});

describe("an invitation to a role above one's own", () => {
  test("403 to cancel it, by our route and by better-auth's; 204 for who holds it", () =>
    withOrganization(async ({ owner, path, join }) => {
      await owner.post(`${path}/roles`, { name: "closer", permissions: [{ permission: "organization:delete" }] });
      const id = idOf(await owner.post(`${path}/invitations`, { email: address(), role: "closer" }));
      const admin = await join("admin");
      expect(problemOf(await admin.delete(`${path}/invitations/${id}`))).toEqual([403, "role_beyond_yours"]);
      const official = await admin.post("/api/auth/organization/cancel-invitation", { invitationId: id });
      expect(problemOf(official)).toEqual([403, "ROLE_BEYOND_YOURS"]);
      expect((await owner.get(`${path}/invitations/${id}`)).body).toMatchObject({ status: "pending" });
      expect((await owner.delete(`${path}/invitations/${id}`)).status).toBe(204);
    }));
});

describe("more than ten roles", () => {
  test("are refused for a member and for an invitation, by every route and by SQL", () =>
    withOrganization(async ({ id: organizationId, owner, path, join, database, memberOf }) => {
      const names = Array.from({ length: 11 }, (_, at) => `role-${at}`);
      for (const name of names) await owner.post(`${path}/roles`, { name });
      const someone = await join("viewer");
      const memberId = await memberOf(someone);
      const email = address();
      expect((await owner.patch(`${path}/members/${memberId}`, { role: names })).status).toBe(422);
      expect((await owner.post(`${path}/invitations`, { email, role: names })).status).toBe(422);
      const theirs = [
        await owner.post("/api/auth/organization/update-member-role", { organizationId, memberId, role: names }),
        await owner.post("/api/auth/organization/invite-member", { organizationId, email, role: names }),
      ];
      expect(theirs.map(problemOf)).toEqual([
        [400, "TOO_MANY_ROLES"],
        [400, "TOO_MANY_ROLES"],
      ]);
      const raw = database.statement("", "update member set role = $1 where id = $2", [names.join(","), memberId]);
      expect(await raw.catch(sqlState)).toBe(guard.tooManyRoles);
      expect((await owner.get(`${path}/members/${memberId}`)).body).toMatchObject({ role: "viewer" });
      expect((await owner.patch(`${path}/members/${memberId}`, { role: names.slice(1) })).status).toBe(200);
    }));
});
