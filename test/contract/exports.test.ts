import { describe, expect, test } from "bun:test";
import { eq, getTableName } from "drizzle-orm";
import { getTableConfig } from "drizzle-orm/pg-core";
import { modules } from "../../src/modules.ts";
import {
  account,
  apikey,
  auditEvent,
  invitation,
  member,
  project,
  session,
  task,
  trail,
  user,
} from "../../src/schema.ts";
import { inSandbox } from "../harness/app.ts";
import { document, resolve } from "./document.ts";
import { misfits } from "./schema.ts";
import { tables } from "./world.ts";

const parts = modules.flatMap(({ exports }) => [
  ...Object.values(exports?.account ?? {}),
  ...Object.values(exports?.organization ?? {}),
]);
const exported = new Set(parts.flatMap(({ by }) => by));
const withheld = new Map(modules.flatMap(({ exports }) => Object.entries(exports?.withheld ?? {})));

// Every table with a trash says who emptied it there. What somebody deleted isn't theirs for that.
const everywhere = /\.deleted_by$/;
const speaking = /^((actor|assignee|impersonator|inviter|owner|user)_id|.*_by|email)$/;

/** `table.column` of every column that names a person: by a foreign key, or by what it is called. */
const people = [...tables].flatMap(([name, table]) => {
  const { columns, foreignKeys } = getTableConfig(table);
  const referring = foreignKeys.flatMap((key) => {
    const { columns, foreignColumns, foreignTable } = key.reference();
    return columns.filter((_, at) => {
      const target = `${getTableName(foreignTable)}.${foreignColumns[at]?.name}`;
      return target === "user.id" || target === "member.user_id";
    });
  });
  return columns
    .filter((column) => referring.includes(column) || speaking.test(column.name) || (name === "user" && column.primary))
    .map((column) => `${name}.${column.name}`);
});

describe("what the service holds of a person", () => {
  test("is exported to them by each column that names a person, or its module says why not", () => {
    const silent = people.filter(
      (column) => !exported.has(column) && !withheld.has(column) && !everywhere.test(column),
    );
    expect(
      silent.map((column) => `${column}: name it in a module's exports, by an export's \`by\` or under \`withheld\``),
    ).toEqual([]);
    expect(people.length).toBeGreaterThan(15);
  });

  test("is named by columns that there are, and either exported or withheld", () => {
    const columns = [...tables].flatMap(([name, table]) =>
      getTableConfig(table).columns.map((each) => `${name}.${each.name}`),
    );
    expect([...exported, ...withheld.keys()].filter((column) => !columns.includes(column))).toEqual([]);
    expect([...exported].filter((column) => withheld.has(column))).toEqual([]);
    for (const why of withheld.values()) expect(why).toMatch(/^[A-Z].{20,}[a-z]$/);
  });

  test("is all in GET /v1/me/export, with nothing of anybody else and no secret, as the reference says", () =>
    inSandbox(async ({ signUp, organization, database, clock }) => {
      const me = await signUp({ verified: true, name: "Mine" });
      const other = await signUp({ verified: true, name: "Theirs-name" });
      const a = await organization(other);
      await a.join("admin", me);
      const left = await organization(other);
      await left.join("admin", me);
      const { db } = database;
      const at = { createdAt: clock.now(), updatedAt: clock.now() };
      const id = () => Bun.randomUUIDv7();
      const both = async (organizationId: string, tag: string) => {
        const within = { organizationId, ...at };
        const [mine] = await db
          .insert(project)
          .values({ ...within, name: `${tag} my project`, ownerId: me.userId })
          .returning();
        await db.insert(project).values([
          { ...within, name: `${tag} their project`, ownerId: other.userId },
          { ...within, name: `${tag} my trash`, ownerId: me.userId, deletedAt: clock.now(), deletedBy: other.userId },
        ]);
        const below = { ...within, projectId: mine!.id };
        await db.insert(task).values([
          { ...below, title: `${tag} made for them`, createdBy: me.userId, assigneeId: other.userId },
          { ...below, title: `${tag} made for me`, createdBy: other.userId, assigneeId: me.userId },
          { ...below, title: `${tag} not mine`, createdBy: other.userId, assigneeId: other.userId },
        ]);
        for (const { userId } of [me, other]) {
          const own = userId === me.userId ? "my" : "their";
          const place = {
            id: id(),
            organizationId,
            status: "pending",
            expiresAt: at.createdAt,
            createdAt: at.createdAt,
          };
          await db
            .insert(invitation)
            .values({ ...place, email: `${id()}@theirs.example`, role: `member`, inviterId: userId });
          const key = {
            id: id(),
            referenceId: organizationId,
            name: `${tag} ${own} key`,
            key: `secret-${id()}`,
            ...at,
          };
          await db.insert(apikey).values({ ...key, createdBy: userId });
          const visit = { organizationId, userId, sessionId: "a-session", url: `/${tag}/${own}`, at: at.createdAt };
          await db.insert(trail).values(visit);
        }
      };
      await both(a.id, "here");
      await both(left.id, "left");
      await db.insert(invitation).values({
        id: id(),
        organizationId: left.id,
        email: me.email,
        role: "viewer",
        status: "rejected",
        expiresAt: at.createdAt,
        createdAt: at.createdAt,
        inviterId: other.userId,
      });
      expect((await me.delete(`/v1/orgs/${left.id}/members/me`)).status).toBe(204);
      await db.update(account).set({ accessToken: "secret-access", idToken: "secret-id" });
      await db.update(session).set({ ipAddress: "192.0.2.7" }).where(eq(session.userId, me.userId));
      await db.update(session).set({ ipAddress: "192.0.2.8" }).where(eq(session.userId, other.userId));
      await me.patch("/v1/me/profile", { bio: "my biography" });
      await other.patch("/v1/me/profile", { bio: "their biography" });
      const become = (role: string) => db.update(member).set({ role }).where(eq(member.userId, me.userId));
      await become("member");

      const answer = await me.get("/v1/me/export");
      expect(answer.status).toBe(200);
      const schema = resolve(
        document.paths["/v1/me/export"]?.["get"]?.responses["200"]?.content?.["application/json"]?.schema ?? {},
      );
      expect(misfits(schema, answer.body)).toEqual([]);

      const mine = answer.body as Record<string, object[]> & { organizations: Record<string, { name?: string }[]>[] };
      const [tokens, theirs] = [await db.select().from(session), await db.select().from(member)];
      const hashes = (await db.select().from(account)).map(({ password }) => password!);
      const secrets = [
        "secret-",
        "Theirs-name",
        other.userId,
        other.email,
        "192.0.2.8",
        "theirs.example",
        "their",
        "not mine",
        "left ",
        ...tokens.filter(({ userId }) => userId !== me.userId).map((row) => row.id),
        ...tokens.map(({ token }) => token),
        ...hashes,
        ...theirs.filter(({ userId }) => userId !== me.userId).map((row) => row.id),
      ];
      expect(secrets.filter((secret) => answer.text.includes(secret))).toEqual([]);

      expect(mine["account"]).toEqual([expect.objectContaining({ id: me.userId, name: "Mine", email: me.email })]);
      expect(mine["signInMethods"]).toEqual([expect.objectContaining({ provider: "credential" })]);
      expect(mine["sessions"]).toEqual([expect.objectContaining({ id: me.sessionId, ipAddress: "192.0.2.7" })]);
      expect(mine["profile"]).toEqual([expect.objectContaining({ bio: "my biography" })]);
      expect(mine["receivedInvitations"]).toEqual([expect.objectContaining({ email: me.email, status: "rejected" })]);
      expect(mine["activity"]).toContainEqual(expect.objectContaining({ action: "profile.updated" }));
      const [here, ...more] = mine.organizations;
      expect(more).toEqual([]);
      expect(here).toMatchObject({ id: a.id, slug: a.slug });
      expect(here?.["membership"]).toEqual([expect.objectContaining({ role: "member" })]);
      expect(here?.["projects"]?.map(({ name }) => name)).toEqual(["here my project", "here my trash"]);
      expect(here?.["tasks"]).toEqual([
        expect.objectContaining({ title: "here made for them", assigneeId: null }),
        expect.objectContaining({ title: "here made for me", assigneeId: me.userId }),
      ]);
      expect(here?.["sentInvitations"]).toHaveLength(1);
      expect(here?.["visits"]).toEqual([expect.objectContaining({ url: "/here/my" })]);
      // A member doesn't hold apiKey:read.
      expect(here?.["apiKeys"]).toEqual([]);
      await become("admin");
      const again = (await me.get("/v1/me/export")).body as typeof mine;
      expect(again.organizations[0]?.["apiKeys"]).toEqual([expect.objectContaining({ name: "here my key" })]);
      expect(await db.$count(auditEvent, eq(auditEvent.actorId, me.userId))).toBeGreaterThan(1);
      expect(await db.$count(user)).toBeGreaterThan(1);
    }));
});
