import { afterAll, beforeAll, describe, expect } from "bun:test";
import { type Organization, openService, type Service } from "../../harness/app.ts";
import { reporting } from "../../harness/reporting.ts";
import { freshDatabase } from "../../harness/database.ts";
import type { FreshDatabase } from "../../harness/fresh-database.ts";

let fresh: FreshDatabase;
let service: Service;
const test = reporting(() => service);
let large: Organization;

beforeAll(async () => {
  fresh = await freshDatabase();
  service = await openService({ database: fresh.database });
  large = await service.organization();
  await fresh.database.statement(
    "trap_crowd",
    `with people as (
      insert into "user" (id, name, email, created_at, updated_at)
      select 'crowd-' || n, 'Crowd ' || n, 'crowd-' || n || '@example.com', now(), now() from generate_series(1, 250) n
      returning id
    ) insert into "member" (id, organization_id, user_id, role, created_at) select id, $1, id, 'member', now() from people`,
    [large.id],
  );
});

afterAll(async () => {
  await service.deps.close();
  await fresh.dispose();
});

describe("more than a hundred members", () => {
  test("all are listed", async () => {
    const listed = await large.owner.get(`/api/auth/organization/list-members?organizationId=${large.id}`);
    const full = await large.owner.get(`/api/auth/organization/get-full-organization?organizationId=${large.id}`);
    expect((listed.body as { total: number; members: unknown[] }).members).toHaveLength(251);
    expect((full.body as { members: unknown[] }).members).toHaveLength(251);
  });

  test("one of the last is promoted, and one more joins", async () => {
    const promoted = await large.owner.post("/api/auth/organization/update-member-role", {
      memberId: "crowd-249",
      role: "admin",
      organizationId: large.id,
    });
    expect(promoted.body).toMatchObject({ role: "admin" });
    const guest = await service.signUp({ verified: true });
    const invitation = { email: guest.email, role: "member", organizationId: large.id };
    const { body } = await large.owner.post("/api/auth/organization/invite-member", invitation);
    const { id: invitationId } = body as { id: string };
    expect((await guest.post("/api/auth/organization/accept-invitation", { invitationId })).status).toBe(200);
  });

  test("an owner may leave when the other is one of the last", async () => {
    const second = await large.join("owner");
    const left = await large.owner.post("/api/auth/organization/leave", { organizationId: large.id });
    expect(left.status).toBe(200);
    const alone = await second.post("/api/auth/organization/leave", { organizationId: large.id });
    expect(alone.status).toBe(400);
    expect(alone.body).toMatchObject({ code: "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER" });
  });
});
