import { z } from "zod";
import { banUser, removeUser, setPlatformRole, unbanUser } from "../../auth/administration.ts";
import type { Auth } from "../../auth/auth.ts";
import { listMemberships } from "../../auth/memberships.ts";
import { type Circumstances, listSessions, revokeSessions } from "../../auth/sessions.ts";
import type { UserRow } from "../../auth/users.ts";
import type { AuditAction } from "../../core/audit.ts";
import type { UserPrincipal } from "../../core/principal.ts";
import { Invalid, problem } from "../../core/problem.ts";
import type { Database } from "../../db/client.ts";
import { type CursorCodec, page, type pageQuery } from "../../http/pagination.ts";
import { checkMatch } from "../../http/router.ts";
import { text, timestamp } from "../../http/schemas.ts";
import { getUser, User } from "./admin.ts";

export const OwnAccount = problem("own_account", 409, "Not on your own account");

export type Ports = { auth: Auth; database: Database; committed(action: AuditAction): void };

/** Who administers whom, and how it is told. */
export type Case = { ports: Ports; as: Circumstances; administrator: UserPrincipal; id: string; now: Date };

export const Ban = z
  .object({
    reason: text(500),
    expiresAt: z.iso.datetime({ offset: true }).meta({ description: "When it ends by itself; never where not given" }),
  })
  .partial()
  .meta({ id: "Ban" });

export const PlatformRole = z.object({ role: z.enum(["user", "admin"]) }).meta({ id: "PlatformRole" });

export const Impersonation = z
  .object({ user: User, expiresAt: timestamp() })
  .meta({ id: "Impersonation", description: "The session comes in Set-Cookie, and in set-auth-token" });

/** Keeps a user out and ends their sessions. @throws 404, 409 for oneself and for the last administrator, 422. */
export async function ban(of: Case, { reason, expiresAt }: z.infer<typeof Ban>): Promise<UserRow> {
  const expires = expiresAt === undefined ? null : new Date(expiresAt);
  if (expires && expires <= of.now) {
    throw Invalid("Change the fields listed under errors.", { errors: [{ path: "expiresAt", message: "has passed" }] });
  }
  await someoneElse(of);
  await banUser(of.ports.auth, of.as, of.id, { reason: reason ?? null, expires, now: of.now });
  return changed(of);
}

/** Lets a user in again. @throws 404. */
export async function unban(of: Case): Promise<UserRow> {
  await getUser(of.ports.database, of.id);
  await unbanUser(of.ports.auth, of.as, of.id, of.now);
  return changed(of);
}

/** @throws 404, 409 for oneself and for the last administrator, 412. */
export async function setRole(
  of: Case,
  { role }: z.infer<typeof PlatformRole>,
  ifMatch: string | undefined,
): Promise<UserRow> {
  const before = await someoneElse(of);
  checkMatch(ifMatch, User, before);
  if (before.role === role) return before;
  await setPlatformRole(of.ports.auth, of.as, of.id, role, of.now);
  return changed(of);
}

/** Deletes a user with all that is theirs. @throws 404, 409 for oneself, the last administrator or an only owner, 412. */
export async function remove(of: Case, ifMatch: string | undefined): Promise<void> {
  checkMatch(ifMatch, User, await someoneElse(of));
  await removeUser(of.ports.auth, of.as, of.id);
  of.ports.committed("user.deleted");
}

/** One page of a user's live sessions, newest first. @throws 404. */
export async function userSessions(of: Case, query: z.infer<z.ZodObject<typeof pageQuery>>, cursors: CursorCodec) {
  await getUser(of.ports.database, of.id);
  const after = query.cursor ? (cursors.decode("admin:sessions", query.cursor)[0] ?? null) : null;
  const rows = await listSessions(of.ports.database, of.id, { now: of.now, after, limit: query.limit + 1 });
  const { data, nextCursor } = page(rows, query.limit, ({ id }) => cursors.encode("admin:sessions", [id]));
  return { data: data.map((row) => ({ ...row, current: row.id === of.administrator.sessionId })), nextCursor };
}

/** Ends all of a user's sessions. @throws 404. */
export async function endUserSessions(of: Case): Promise<void> {
  await getUser(of.ports.database, of.id);
  await revokeSessions(of.ports.auth, of.as, of.id);
  of.ports.committed("session.deleted");
}

/** One page of the organizations that a user is in, with their roles there. @throws 404. */
export async function userOrganizations(of: Case, query: z.infer<z.ZodObject<typeof pageQuery>>, cursors: CursorCodec) {
  await getUser(of.ports.database, of.id);
  const after = query.cursor ? (cursors.decode("admin:organizations", query.cursor)[0] ?? null) : null;
  const rows = await listMemberships(of.ports.database, of.id, { after, limit: query.limit + 1 });
  return page(rows, query.limit, ({ memberId }) => cursors.encode("admin:organizations", [memberId]));
}

/** The user, who isn't the administrator. @throws 404, 409. */
async function someoneElse({ ports, administrator, id }: Case): Promise<UserRow> {
  if (id === administrator.id) throw OwnAccount("Another administrator has to do this.");
  return getUser(ports.database, id);
}

function changed({ ports, id }: Case): Promise<UserRow> {
  ports.committed("user.updated");
  return getUser(ports.database, id);
}
