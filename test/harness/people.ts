import { createHmac } from "node:crypto";
import { eq } from "drizzle-orm";
import { difference } from "../../src/core/audit.ts";
import type { Database, Tx } from "../../src/db/types.ts";
import { provisioner } from "../../src/deps.ts";
import { modules } from "../../src/modules.ts";
import { account, auditEvent, member, organization, organizationRole, session, user } from "../../src/schema.ts";

/** Signs the cookies of every service under test. */
export const secret = "a-secret-for-tests-that-is-long-enough";
export const password = "correct horse battery";

/** Somebody with a session. */
export type Person = {
  userId: string;
  email: string;
  name: string;
  /** The header's value, with the session's token as better-auth signs it. */
  cookie: string;
  sessionId: string;
  /** The session's active organization. */
  organizationId: string | null;
};

export type Founded = { id: string; slug: string; owner: Person };

/** What a service's settings say about those who are written. */
export type House = { https: boolean; sessionMaxAge: number; trialDays: number; passwordHash: string; now: Date };

/** What our modules make along with a user or an organization. */
const provision = ({ now, trialDays }: House) => provisioner(modules, () => ({ now, trialDays }));

/** A session's token, and the cookie as better-auth signs it. */
export function newToken(https = false): { token: string; cookie: string } {
  const token = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex");
  const signature = createHmac("sha256", secret).update(token).digest("base64");
  const name = `${https ? "__Secure-" : ""}better-auth.session_token`;
  return { token, cookie: `${name}=${encodeURIComponent(`${token}.${signature}`)}` };
}

/** @property administrator whether they administer the platform. */
export type Fields = { name?: string; email?: string; verified?: boolean; administrator?: boolean };

/** Writes what signing up leaves behind, but for its mail. */
export async function writePerson(tx: Tx, house: House, fields: Fields = {}): Promise<Person> {
  const { now } = house;
  const [userId, sessionId] = [Bun.randomUUIDv7(), Bun.randomUUIDv7()];
  const { name = "Somebody", email = `user-${userId}@example.com`, verified = false, administrator = false } = fields;
  const { token, cookie } = newToken(house.https);
  const at = { createdAt: now, updatedAt: now };
  const person = { id: userId, name, email, emailVerified: verified, role: administrator ? "admin" : "user", ...at };
  await tx.insert(user).values(person);
  await provision(house).user(tx, userId);
  const credential = { id: Bun.randomUUIDv7(), accountId: userId, userId, providerId: "credential", ...at };
  await tx.insert(account).values({ ...credential, password: house.passwordHash });
  const expiresAt = new Date(now.getTime() + house.sessionMaxAge * 1_000);
  const signedIn = { id: sessionId, userId, expiresAt, ...at };
  await tx.insert(session).values({ ...signedIn, token });
  await record(tx, null, userId, { user: person, account: credential, session: signedIn });
  return { userId, email, name, cookie, sessionId, organizationId: null };
}

/** Writes what creating an organization leaves behind, active for its owner. */
export async function writeOrganization(tx: Tx, house: House, owner: Person): Promise<Founded> {
  const { now } = house;
  const id = Bun.randomUUIDv7();
  const slug = `org-${id.slice(-12)}`;
  const founded = { id, name: `Organization ${slug}`, slug, createdAt: now };
  await tx.insert(organization).values(founded);
  await provision(house).organization(tx, id);
  const first = { id: Bun.randomUUIDv7(), organizationId: id, userId: owner.userId, role: "owner", createdAt: now };
  await tx.insert(member).values(first);
  await record(tx, id, owner.userId, { organization: founded, member: first });
  await activate(tx, owner, id);
  return { id, slug, owner };
}

/** Makes a person a member. The organization is active for them unless another one is. */
export async function writeMember(
  tx: Tx,
  { now }: House,
  organizationId: string,
  who: Person,
  role: string,
): Promise<void> {
  const { userId } = who;
  await tx.insert(member).values({ id: Bun.randomUUIDv7(), organizationId, userId, role, createdAt: now });
  if (who.organizationId === null) await activate(tx, who, organizationId);
}

/** Writes the audit events of rows that `actorId` made, by their kind. */
async function record(
  tx: Tx,
  organizationId: string | null,
  actorId: string,
  made: Record<string, { id: string; createdAt: Date }>,
): Promise<void> {
  const events = Object.entries(made).map(([entityType, row]) => ({
    organizationId,
    actorType: "user" as const,
    actorId,
    action: `${entityType}.created`,
    entityType,
    entityId: row.id,
    changes: difference(null, row),
    createdAt: row.createdAt,
  }));
  await tx.insert(auditEvent).values(events);
}

async function activate(tx: Tx, who: Person, organizationId: string): Promise<void> {
  await tx.update(session).set({ activeOrganizationId: organizationId }).where(eq(session.id, who.sessionId));
  who.organizationId = organizationId;
}

/** Makes a role of the organization that grants nothing, unless it is there. */
export async function writeRole({ db }: Database, organizationId: string, role: string): Promise<void> {
  const values = { id: Bun.randomUUIDv7(), organizationId, role, permission: "{}", createdAt: new Date() };
  await db.insert(organizationRole).values(values).onConflictDoNothing();
}
