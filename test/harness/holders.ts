import { generateApiKey, hashApiKey, permissionColumn } from "../../src/core/api-key.ts";
import type { Database } from "../../src/db/types.ts";
import { account, apikey, member, organization, session, user } from "../../src/schema.ts";
import { newToken } from "./people.ts";

/** Somebody with two sessions, who is an admin of an organization and has made a key there. Another is its owner. */
export interface Holder {
  readonly userId: string;
  readonly email: string;
  readonly organizationId: string;
  readonly slug: string;
  readonly memberId: string;
  readonly sessionId: string;
  /** The header that carries the session, whose active organization it is. */
  readonly session: { cookie: string };
  /** The second session. */
  readonly other: { cookie: string };
  readonly keyId: string;
  /** The header that carries the key, which holds project:read and project:create. */
  readonly key: { "x-api-key": string };
  /** The owner's session; the owner is a platform administrator too. */
  readonly owner: { cookie: string };
  readonly ownerId: string;
}

type Options = {
  /** Hash of the password that the holders have; without one they have none. */
  passwordHash?: string;
  /** When the session and the key end. */
  expiresAt?: Date;
};

const dayMs = 24 * 3_600_000;

/** Writes holders into the database, past the service: by the hundred in the time of one sign-up. */
export async function makeHolders(database: Database, count: number, options: Options = {}): Promise<Holder[]> {
  const made = Array.from({ length: count }, () => holder(options));
  await database.db.transaction(async (tx) => {
    await tx.insert(user).values(made.flatMap(({ users }) => users));
    if (options.passwordHash) await tx.insert(account).values(made.map(({ holder }) => credential(holder, options)));
    await tx.insert(organization).values(made.map(({ organization }) => organization));
    await tx.insert(member).values(made.flatMap(({ members }) => members));
    await tx.insert(session).values(made.flatMap(({ sessions }) => sessions));
    await tx.insert(apikey).values(made.map(({ key }) => key));
  });
  return made.map(({ holder }) => holder);
}

function holder({ expiresAt }: Options) {
  const now = new Date();
  const id = () => Bun.randomUUIDv7();
  const end = expiresAt ?? new Date(now.getTime() + 30 * dayMs);
  const [userId, ownerId, organizationId, memberId, keyId] = [id(), id(), id(), id(), id()];
  const person = (userId: string, role: string) => {
    const email = `${userId}@example.com`;
    return { id: userId, name: "Holder", email, emailVerified: true, role, createdAt: now, updatedAt: now };
  };
  const signedIn = (userId: string, expiresAt: Date) => {
    const { token, cookie } = newToken();
    const row = { id: id(), token, userId, expiresAt, activeOrganizationId: organizationId };
    return { row: { ...row, createdAt: now, updatedAt: now }, header: { cookie } };
  };
  const first = signedIn(userId, end);
  const second = signedIn(userId, new Date(now.getTime() + 30 * dayMs));
  const owner = signedIn(ownerId, new Date(now.getTime() + 30 * dayMs));
  const key = generateApiKey();
  const slug = `org-${organizationId.slice(-12)}`;
  return {
    users: [person(userId, "user"), person(ownerId, "admin")],
    organization: { id: organizationId, name: "Organization", slug, createdAt: now },
    members: [
      { id: memberId, organizationId, userId, role: "admin", createdAt: now },
      { id: id(), organizationId, userId: ownerId, role: "owner", createdAt: now },
    ],
    sessions: [first.row, second.row, owner.row],
    key: {
      id: keyId,
      referenceId: organizationId,
      createdBy: userId,
      name: "Key",
      start: key.slice(0, 8),
      key: hashApiKey(key),
      permissions: permissionColumn(["project:read", "project:create"]),
      expiresAt: expiresAt ?? null,
      createdAt: now,
      updatedAt: now,
    },
    holder: {
      userId,
      email: `${userId}@example.com`,
      organizationId,
      slug,
      memberId,
      sessionId: first.row.id,
      session: first.header,
      other: second.header,
      keyId,
      key: { "x-api-key": key },
      owner: owner.header,
      ownerId,
    } satisfies Holder,
  };
}

function credential({ userId }: Holder, { passwordHash = "" }: Options) {
  const now = new Date();
  const ids = { id: Bun.randomUUIDv7(), accountId: userId, userId, providerId: "credential" };
  return { ...ids, password: passwordHash, createdAt: now, updatedAt: now };
}
