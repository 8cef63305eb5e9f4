import type { z } from "zod";
import { likePattern, listPage, type PageQuery } from "../../../core/page.ts";
import type { UserPrincipal } from "../../../core/principal.ts";
import { invalidField, notFound, problem } from "../../../core/problem.ts";
import type { Held, Scope } from "../../../core/scope.ts";
import type { Directory } from "../../../directory/directory.ts";
import type { UserFilter, UserRow } from "../../../directory/users.ts";
import { shownSession } from "../../account/me/index.ts";
import { type Ban, type PlatformRole, User, type UserQuery } from "./schemas.ts";

export const OwnAccount = problem("own_account", 409, "Not on your own account");

/** One page of the service's users, newest first. An account wins over `email`, which wins over what else there is. @throws 422. */
export async function searchUsers(scope: Scope, { listUsers }: Directory, query: z.infer<typeof UserQuery>) {
  const filter = filterOf(query, scope.now());
  const { after, limit, cut } = listPage(scope.cursors, `admin:users:${filter.by}`, query);
  return cut(await listUsers(filter, { after: after?.[0] ?? null, limit }), ({ id }) => [id]);
}

function filterOf(query: z.infer<typeof UserQuery>, now: Date): UserFilter {
  const { provider, accountId, email, q, banned, role } = query;
  if (provider !== undefined && accountId !== undefined) return { by: "account", values: [provider, accountId] };
  if (provider !== undefined) throw invalidField("accountId", "comes with `provider`");
  if (accountId !== undefined) throw invalidField("provider", "comes with `accountId`");
  if (email !== undefined) return { by: "email", values: [email] };
  if (q === undefined && banned === undefined && role === undefined) return { by: "all" };
  const pattern = q === undefined ? null : likePattern(q);
  const is = (wanted: string | undefined, value: string) => (wanted === undefined ? null : wanted === value);
  return { by: "state", values: [pattern, is(banned, "true"), is(role, "admin"), now] };
}

/** @throws 404. */
export async function getUser({ findUser }: Directory, id: string): Promise<UserRow> {
  const row = await findUser(id);
  if (!row) throw notFound();
  return row;
}

/** Bans a user and ends their sessions. @throws 404, 409 for oneself and for the last administrator, 412, 422. */
export async function ban(
  scope: Scope,
  directory: Directory,
  id: string,
  { reason, expiresAt }: z.infer<typeof Ban>,
): Promise<UserRow> {
  if (expiresAt && expiresAt <= scope.now()) throw invalidField("expiresAt", "has passed");
  await directory.banUser(scope, id, { reason: reason ?? null, expires: expiresAt ?? null }, anotherUser(scope));
  return getUser(directory, id);
}

/** Ends a user's ban. @throws 404, 412. */
export async function unban(scope: Scope, directory: Directory, id: string): Promise<UserRow> {
  await directory.unbanUser(scope, id, (before) => scope.hold(before, User));
  return getUser(directory, id);
}

/** @throws 404, 409 for oneself and for the last administrator, 412. */
export async function setRole(
  scope: Scope,
  directory: Directory,
  id: string,
  { role }: z.infer<typeof PlatformRole>,
): Promise<UserRow> {
  await directory.setPlatformRole(scope, id, role, anotherUser(scope));
  return getUser(directory, id);
}

/** Deletes a user with all that is theirs. @throws 404, 409 for oneself, the last administrator or an only owner, 412. */
export const remove = (scope: Scope, directory: Directory, id: string): Promise<void> =>
  directory.removeUser(scope, id, anotherUser(scope));

/** One page of a user's live sessions, newest first. @throws 404. */
export async function userSessions(
  scope: Scope,
  directory: Directory,
  id: string,
  administrator: UserPrincipal,
  query: PageQuery,
) {
  await getUser(directory, id);
  const { after, limit, cut } = listPage(scope.cursors, "admin:sessions", query);
  const rows = await directory.listSessions(id, { now: scope.now(), after: after?.[0] ?? null, limit });
  const { data, nextCursor } = cut(rows, (row) => [row.id]);
  return { data: data.map((row) => shownSession(row, administrator.sessionId)), nextCursor };
}

/** Ends all of a user's sessions. @throws 404, 412 for a named version: the list has none. */
export async function endUserSessions(scope: Scope, directory: Directory, id: string): Promise<void> {
  await getUser(directory, id);
  await directory.endSessions(scope, id, "all", () => scope.hold({ id }, null));
}

/** One page of the organizations that a user is in, with their roles there. @throws 404. */
export async function userOrganizations(scope: Scope, directory: Directory, id: string, query: PageQuery) {
  await getUser(directory, id);
  const { after, limit, cut } = listPage(scope.cursors, "admin:organizations", query);
  return cut(await directory.listMemberships(id, { after: after?.[0] ?? null, limit }), ({ memberId }) => [memberId]);
}

/** Holds a user to what the request demands, who isn't the administrator. @throws 409, 412. */
const anotherUser =
  (scope: Scope) =>
  (before: UserRow): Held<UserRow> => {
    if (before.id === scope.userId) throw OwnAccount("Another administrator has to do this.");
    return scope.hold(before, User);
  };
