import { describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { invitation, member } from "../../../../src/auth/tables/organization.ts";
import { auditEvent } from "../../../../src/schema.ts";
import type { Actor } from "../../../harness/actor.ts";
import { absent, type Answer, problemOf } from "../../../harness/answer.ts";
import { inSandbox, type Organization, type Service } from "../../../harness/app.ts";

type Invitation = {
  id: string;
  email: string;
  role: string;
  status: string;
  inviterId: string;
  inviter: { id: string; name: string };
  expiresAt: string;
  createdAt: string;
};
type Mine = Invitation & { organization: { id: string; name: string; slug: string }; inviter: { name: string } };
type Page<Row = Invitation> = { data: Row[]; nextCursor: string | null };

const hour = 3600 * 1000;
const shown = (answer: Answer) => answer.body as Invitation;
const address = () => `guest-${Bun.randomUUIDv7()}@example.com`;

type Given = Service & Organization & { path: string; invite: (email: string, role?: string) => Promise<string> };

async function withOrganization(test: (given: Given) => Promise<void>): Promise<void> {
  await inSandbox(async (service) => {
    const organization = await service.organization();
    const path = `/v1/orgs/${organization.id}/invitations`;
    const invite = async (email: string, role = "member") => {
      const answer = await organization.owner.post(path, { email, role });
      if (answer.status !== 201) throw new Error(answer.text);
      return shown(answer).id;
    };
    await test({ ...service, ...organization, path, invite });
  });
}

const mine = async (who: Actor) => ((await who.get("/v1/me/invitations")).body as Page<Mine>).data;

describe("POST /invitations", () => {
  test("201 with the row and its Location, for 48 hours, and one mail with the link once it is stored", () =>
    withOrganization(async ({ id: organizationId, owner, path, mails }) => {
      const email = address();
      const before = mails.length;
      const answer = await owner.post(path, { email: ` ${email.toUpperCase()} `, role: "member" });
      expect(answer.status).toBe(201);
      const row = shown(answer);
      expect(row).toMatchObject({ email, role: "member", status: "pending", inviterId: owner.userId });
      expect(Date.parse(row.expiresAt) - Date.parse(row.createdAt)).toBe(48 * hour);
      expect(answer.headers.get("location")).toBe(`/v1/orgs/${organizationId}/invitations/${row.id}`);
      expect((await owner.get(`${path}/${row.id}`)).body).toEqual(row);
      expect(mails.slice(before).map(({ to }) => to)).toEqual([email]);
      expect(mails.at(-1)?.text).toContain(`/auth/invitation/${row.id}#`);
    }));

  test("403 for a role above the inviter's, in every spelling, and no mail", () =>
    withOrganization(async ({ id: organizationId, join, path, mails, database }) => {
      const admin = await join("admin");
      const before = mails.length;
      for (const role of ["owner", "member,owner", ["member", " owner"]]) {
        expect(problemOf(await admin.post(path, { email: address(), role }))).toEqual([403, "role_beyond_yours"]);
        const theirs = await admin.post("/api/auth/organization/invite-member", {
          organizationId,
          email: address(),
          role,
        });
        expect(theirs.status).toBe(403);
      }
      expect(mails.length).toBe(before);
      expect(await database.db.$count(invitation, eq(invitation.organizationId, organizationId))).toBe(0);
      expect((await admin.post(path, { email: address(), role: "admin" })).status).toBe(201);
      for (const role of ["member", "viewer"])
        expect(problemOf(await (await join(role)).post(path, { email: address(), role: "viewer" }))).toEqual([
          403,
          "forbidden",
        ]);
    }));

  test("409 for a member, and for an address with an open invitation; not once that has expired", () =>
    withOrganization(async ({ owner, join, path, invite, clock }) => {
      const there = await join("viewer");
      expect(problemOf(await owner.post(path, { email: there.email, role: "member" }))).toEqual([
        409,
        "already_member",
      ]);
      const email = address();
      await invite(email);
      expect(problemOf(await owner.post(path, { email, role: "viewer" }))).toEqual([409, "already_invited"]);
      clock.advance(49 * hour);
      expect((await owner.post(path, { email, role: "viewer" })).status).toBe(201);
    }));

  test("201 looks the same whether or not somebody has the address", () =>
    withOrganization(async ({ owner, path, signUp }) => {
      const known = (await signUp()).email;
      const answers = [
        await owner.post(path, { email: known, role: "member" }),
        await owner.post(path, { email: address(), role: "member" }),
      ];
      const [a, b] = answers.map(({ status, body }) => [status, Object.keys(body as object)]);
      expect(a).toEqual(b as never);
    }));

  test("422 for what is no address, no role, or two of them", () =>
    withOrganization(async ({ owner, path, mails }) => {
      const before = mails.length;
      const evil = [
        "",
        "a",
        "a@b",
        "a＠example.com",
        "a@example.com\r\nBcc: b@example.com",
        "a@example.com,b@example.com",
      ];
      for (const email of [...evil, ["a@example.com"], { $ne: "" }, `${"a".repeat(250)}@example.com`])
        expect([email, (await owner.post(path, { email, role: "member" })).status]).toEqual([email, 422] as never);
      for (const role of ["king", "", [], null])
        expect((await owner.post(path, { email: address(), role })).status).toBe(422);
      expect(mails.length).toBe(before);
    }));
});

describe("GET /invitations", () => {
  test("200 for owners and admins; those to own are for owners only, here as on better-auth's route", () =>
    withOrganization(async ({ id, owner, join, path, invite }) => {
      const [low, high] = [await invite(address(), "viewer"), await invite(address(), "owner")];
      const admin = await join("admin");
      const ids = async (who: Actor) => ((await who.get(path)).body as Page).data.map((row) => row.id).toSorted();
      expect(await ids(owner)).toEqual([low, high].toSorted());
      expect(await ids(admin)).toEqual([low]);
      const theirs = await admin.get(`/api/auth/organization/list-invitations?organizationId=${id}`);
      expect((theirs.body as Invitation[]).map((row) => row.id)).toEqual([low]);
      expect((await admin.get(`${path}/${high}`)).status).toBe(404);
      expect((await admin.delete(`${path}/${high}`)).status).toBe(404);
      expect((await admin.post(`${path}/${high}/resend`)).status).toBe(404);
      for (const role of ["member", "viewer"]) expect((await (await join(role)).get(path)).status).toBe(403);
    }));

  test("200 page by page, by status and by a part of the address", () =>
    withOrganization(async ({ owner, path, invite, clock }) => {
      const made: string[] = [];
      for (const name of ["ada", "bob", "adam"]) {
        clock.advance(1000);
        made.unshift(await invite(`${name}.${address()}`));
      }
      await owner.delete(`${path}/${made[1]}`);
      const first = (await owner.get(`${path}?limit=2`)).body as Page;
      const second = (await owner.get(`${path}?limit=2&cursor=${first.nextCursor}`)).body as Page;
      expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(made);
      expect(second.nextCursor).toBeNull();
      const found = async (query: string) =>
        ((await owner.get(`${path}?${query}`)).body as Page).data.map(({ id }) => id);
      expect(first.data[0]?.inviter).toEqual({ id: owner.userId, name: owner.name });
      expect(await found("status=canceled")).toEqual([made[1]!]);
      expect(await found("q=ada")).toEqual([made[0]!, made[2]!]);
    }));

  test("404 under another organization", () =>
    withOrganization(async ({ invite, organization }) => {
      const id = await invite(address());
      const other = await organization();
      for (const named of [id, absent, "x"]) {
        const path = `/v1/orgs/${other.id}/invitations/${named}`;
        expect((await other.owner.get(path)).status).toBe(404);
        expect((await other.owner.delete(path)).status).toBe(404);
        expect((await other.owner.post(`${path}/resend`)).status).toBe(404);
      }
    }));
});

describe("DELETE and resend", () => {
  test("204 cancels a pending one, once; it can't be accepted or sent any more", () =>
    withOrganization(async ({ owner, path, invite, signUp }) => {
      const guest = await signUp({ verified: true });
      const id = await invite(guest.email);
      expect((await owner.delete(`${path}/${id}`)).status).toBe(204);
      expect(shown(await owner.get(`${path}/${id}`)).status).toBe("canceled");
      expect(problemOf(await owner.delete(`${path}/${id}`))).toEqual([409, "invitation_closed"]);
      expect(problemOf(await owner.post(`${path}/${id}/resend`))).toEqual([409, "invitation_closed"]);
      expect(await mine(guest)).toEqual([]);
      expect(problemOf(await guest.post(`/v1/me/invitations/${id}/accept`))).toEqual([409, "invitation_closed"]);
    }));

  test("200 opens an expired one anew and mails it again", () =>
    withOrganization(async ({ owner, path, invite, signUp, clock, mails }) => {
      const guest = await signUp({ verified: true });
      const id = await invite(guest.email);
      clock.advance(50 * hour);
      expect(problemOf(await guest.post(`/v1/me/invitations/${id}/accept`))).toEqual([409, "invitation_closed"]);
      const before = mails.length;
      const row = shown(await owner.post(`${path}/${id}/resend`));
      expect(Math.abs(Date.parse(row.expiresAt) - clock.now().getTime() - 48 * hour)).toBeLessThan(5000);
      expect(mails.slice(before).map(({ to }) => to)).toEqual([guest.email]);
      expect((await guest.post(`/v1/me/invitations/${id}/accept`)).status).toBe(200);
      expect(problemOf(await owner.post(`${path}/${id}/resend`))).toEqual([409, "invitation_closed"]);
    }));
});

describe("the invited person", () => {
  test("sees, accepts and is in: the rows that better-auth's own route leaves, and the events", () =>
    withOrganization(async ({ id, slug, invite, signUp, database, owner }) => {
      const [ours, theirs] = [await signUp({ verified: true }), await signUp({ verified: true })];
      const [a, b] = [await invite(ours.email, "admin"), await invite(theirs.email, "admin")];
      const [seen] = await mine(ours);
      expect(seen).toMatchObject({
        id: a,
        status: "pending",
        organization: { id, slug },
        inviter: { name: owner.name },
      });
      const answer = await ours.post(`/v1/me/invitations/${a}/accept`);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({
        invitation: { id: a, status: "accepted" },
        member: { organizationId: id, userId: ours.userId, role: "admin" },
      });
      const official = await theirs.post("/api/auth/organization/accept-invitation", { invitationId: b });
      expect(official.status).toBe(200);
      expect(Object.keys((answer.body as { member: object }).member).toSorted()).toEqual(
        Object.keys((official.body as { member: object }).member).toSorted(),
      );
      for (const guest of [ours, theirs]) {
        const [row] = await database.db.select().from(member).where(eq(member.userId, guest.userId));
        expect(row).toMatchObject({ organizationId: id, role: "admin" });
        expect((await guest.get("/v1/orgs/current")).status).toBe(200);
        expect(await mine(guest)).toEqual([]);
      }
      for (const guest of [ours, theirs]) {
        const events = await database.db.select().from(auditEvent).where(eq(auditEvent.actorId, guest.userId));
        const inside = events.filter(({ organizationId }) => organizationId === id).map(({ action }) => action);
        expect(inside.toSorted()).toEqual(["invitation.accepted", "member.created"]);
      }
    }));

  test("403 for an address that isn't proven, whoever's the invitation", () =>
    withOrganization(async ({ invite, signUp, database }) => {
      const guest = await signUp();
      const id = await invite(guest.email);
      for (const named of [id, absent]) {
        for (const verb of ["accept", "reject"])
          expect(problemOf(await guest.post(`/v1/me/invitations/${named}/${verb}`))).toEqual([403, "email_unverified"]);
      }
      expect(problemOf(await guest.get("/v1/me/invitations"))).toEqual([403, "email_unverified"]);
      expect(await database.db.$count(member, eq(member.userId, guest.userId))).toBe(0);
    }));

  test("404 for somebody else's invitation, told as an absent one is", () =>
    withOrganization(async ({ invite, signUp, database }) => {
      const [guest, thief] = [await signUp({ verified: true }), await signUp({ verified: true })];
      const id = await invite(guest.email, "owner");
      for (const verb of ["accept", "reject"]) {
        const [foreign, nothing] = [
          await thief.post(`/v1/me/invitations/${id}/${verb}`),
          await thief.post(`/v1/me/invitations/${absent}/${verb}`),
        ].map(({ status, body }) => ({ status, ...(body as object), requestId: "" }));
        expect([foreign?.status, foreign]).toEqual([404, nothing] as never);
      }
      expect(await mine(thief)).toEqual([]);
      expect(await database.db.$count(member, eq(member.userId, thief.userId))).toBe(0);
    }));

  test("409 for the second accept, and for who has become a member meanwhile", () =>
    withOrganization(async ({ invite, signUp, join, database }) => {
      const [guest, early] = [await signUp({ verified: true }), await signUp({ verified: true })];
      const id = await invite(guest.email);
      expect((await guest.post(`/v1/me/invitations/${id}/accept`)).status).toBe(200);
      expect(problemOf(await guest.post(`/v1/me/invitations/${id}/accept`))).toEqual([409, "invitation_closed"]);
      const other = await invite(early.email, "admin");
      await join("viewer", early);
      expect(problemOf(await early.post(`/v1/me/invitations/${other}/accept`))).toEqual([409, "already_member"]);
      const [row] = await database.db.select().from(member).where(eq(member.userId, early.userId));
      expect(row?.role).toBe("viewer");
      const [left] = await database.db.select().from(invitation).where(eq(invitation.id, other));
      expect(left?.status).toBe("pending");
    }));

  test("200 rejects, after which nothing can be accepted", () =>
    withOrganization(async ({ invite, signUp }) => {
      const guest = await signUp({ verified: true });
      const id = await invite(guest.email);
      expect(shown(await guest.post(`/v1/me/invitations/${id}/reject`)).status).toBe("rejected");
      for (const verb of ["accept", "reject"])
        expect(problemOf(await guest.post(`/v1/me/invitations/${id}/${verb}`))).toEqual([409, "invitation_closed"]);
    }));

  test("200 page by page over the organizations that invite them", () =>
    inSandbox(async ({ organization, signUp, clock }) => {
      const guest = await signUp({ verified: true });
      const ids: string[] = [];
      for (let n = 0; n < 3; n++) {
        const { id, owner } = await organization();
        clock.advance(1000);
        ids.unshift(shown(await owner.post(`/v1/orgs/${id}/invitations`, { email: guest.email, role: "member" })).id);
      }
      const first = (await guest.get("/v1/me/invitations?limit=2")).body as Page<Mine>;
      const second = (await guest.get(`/v1/me/invitations?limit=2&cursor=${first.nextCursor}`)).body as Page<Mine>;
      expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids);
      expect((await guest.get("/v1/me/invitations?cursor=forged")).status).toBe(422);
    }));
});
