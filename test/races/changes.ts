import type { Database } from "../../src/db/types.ts";
import type { Answer } from "../harness/answer.ts";
import type { Holder } from "../harness/holders.ts";
import type { Asked, Replica } from "../harness/replicas.ts";

/** A way in which a credential stops being good, or stands for something else. */
export interface Change {
  readonly name: string;
  /** The credential that is asked about, and what is asked. */
  readonly ask: (holder: Holder) => { query: string; headers: Record<string, string> };
  /** Makes the change; resolves when it has been acknowledged. */
  readonly make: (on: { replica: Replica; database: Database; holder: Holder }) => Promise<unknown>;
  /** Whether an answer shows it. */
  readonly shown: (answer: Answer) => boolean;
  /** What has to stand before. */
  readonly prepare?: (holder: Holder) => string;
  /** Whether the holder needs a password, whose hashing takes its time. */
  readonly password?: true;
}

export const password = "correct horse battery";

const session = ({ session, organizationId }: Holder) => ({ query: `?org=${organizationId}`, headers: session });
const active = ({ session }: Holder) => ({ query: "", headers: session });
const bySlug = ({ session, slug }: Holder) => ({ query: `?org=${slug}`, headers: session });
const creating = ({ session, organizationId }: Holder) => ({
  query: `?org=${organizationId}&permission=project:create`,
  headers: session,
});
const key = ({ key }: Holder) => ({ query: "", headers: key });
const keyCreating = ({ key }: Holder) => ({ query: "?permission=project:create", headers: key });

const is = (status: number) => (answer: Answer) => answer.status === status;
const inNoOrganization = ({ status, headers }: Answer) => status === 200 && headers.get("x-auth-org") === "";

/** A request of the service, which must succeed. */
const by =
  (
    who: (holder: Holder) => Record<string, string>,
    method: string,
    path: (holder: Holder) => string,
    body?: (holder: Holder) => unknown,
  ): Change["make"] =>
  async ({ replica, holder }) => {
    const asked: Asked = { headers: who(holder), ...(body ? { body: body(holder) } : {}) };
    const answer = await replica.request(method, path(holder), asked);
    if (answer.status >= 300) throw new Error(`${method} ${path(holder)} answered ${answer.status}: ${answer.text}`);
  };
const itself = ({ session }: Holder) => session;
const other = ({ other }: Holder) => other;
const owner = ({ owner }: Holder) => owner;
const auth = (path: string) => () => `/api/auth/${path}`;
const inOrganization =
  (path: (holder: Holder) => string) =>
  (holder: Holder): string =>
    `/v1/orgs/${holder.organizationId}${path(holder)}`;
const thisMember = inOrganization(({ memberId }) => `/members/${memberId}`);
const thisKey = inOrganization(({ keyId }) => `/api-keys/${keyId}`);

/** SQL as somebody types it into psql, past the service. */
const sql =
  (text: (holder: Holder) => string): Change["make"] =>
  ({ database, holder }) =>
    database.session(({ exec }) => exec(text(holder)));

/** Gives the holder a role of the organization's own. */
const ownRole = ({ organizationId, memberId }: Holder) =>
  `insert into organization_role (id, organization_id, role, permission, created_at)
     values ('${memberId}', '${organizationId}', 'maker', '{"project":["read","create"]}', now());
   update member set role = 'maker' where id = '${memberId}'`;

export const changes: readonly Change[] = [
  { name: "sign-out", ask: session, make: by(itself, "POST", auth("sign-out")), shown: is(401) },
  {
    name: "a session revoked from another one",
    ask: session,
    make: by(other, "DELETE", ({ sessionId }) => `/v1/me/sessions/${sessionId}`),
    shown: is(401),
  },
  { name: "all sessions revoked", ask: session, make: by(other, "POST", auth("revoke-sessions")), shown: is(401) },
  {
    name: "the other sessions revoked",
    ask: session,
    make: by(other, "POST", auth("revoke-other-sessions")),
    shown: is(401),
  },
  {
    name: "a changed password that revokes",
    ask: session,
    make: by(other, "POST", auth("change-password"), () => ({
      currentPassword: password,
      newPassword: "another horse battery",
      revokeOtherSessions: true,
    })),
    shown: is(401),
    password: true,
  },
  {
    name: "a ban",
    ask: session,
    make: by(owner, "POST", auth("admin/ban-user"), ({ userId }) => ({ userId })),
    shown: is(401),
  },
  {
    name: "a ban, for the key that was made by who is banned",
    ask: key,
    make: by(owner, "POST", auth("admin/ban-user"), ({ userId }) => ({ userId })),
    shown: is(401),
  },
  {
    name: "a deleted user",
    ask: session,
    make: by(owner, "POST", auth("admin/remove-user"), ({ userId }) => ({ userId })),
    shown: is(401),
  },
  {
    name: "a deleted organization",
    ask: session,
    make: by(
      owner,
      "DELETE",
      inOrganization(() => ""),
    ),
    shown: is(403),
  },
  {
    name: "a deleted organization, for its key",
    ask: key,
    make: by(
      owner,
      "DELETE",
      inOrganization(() => ""),
    ),
    shown: is(401),
  },
  { name: "a removed member", ask: session, make: by(owner, "DELETE", thisMember), shown: is(403) },
  {
    name: "a removed member, whose active organization it was",
    ask: active,
    make: by(owner, "DELETE", thisMember),
    shown: inNoOrganization,
  },
  { name: "a removed member, for the key they made", ask: key, make: by(owner, "DELETE", thisMember), shown: is(401) },
  {
    name: "a member who leaves",
    ask: session,
    make: by(
      itself,
      "DELETE",
      inOrganization(() => "/members/me"),
    ),
    shown: is(403),
  },
  {
    name: "a changed role",
    ask: creating,
    make: by(owner, "PATCH", thisMember, () => ({ role: "viewer" })),
    shown: is(403),
  },
  {
    name: "a creator's role that shrinks, for the key",
    ask: keyCreating,
    make: by(owner, "PATCH", thisMember, () => ({ role: "viewer" })),
    shown: is(403),
  },
  {
    name: "another active organization",
    ask: active,
    make: by(itself, "POST", auth("organization/set-active"), () => ({ organizationId: null })),
    shown: inNoOrganization,
  },
  { name: "a disabled key", ask: key, make: by(owner, "PATCH", thisKey, () => ({ enabled: false })), shown: is(401) },
  {
    name: "a rotated key",
    ask: key,
    make: by(
      owner,
      "POST",
      (holder) => `${thisKey(holder)}/rotate`,
      () => ({ overlapSeconds: 0 }),
    ),
    shown: is(401),
  },
  {
    name: "a key with fewer permissions",
    ask: keyCreating,
    make: by(owner, "PATCH", thisKey, () => ({ permissions: ["project:read"] })),
    shown: is(403),
  },
  { name: "a deleted key", ask: key, make: by(owner, "DELETE", thisKey), shown: is(401) },
  {
    name: "SQL: an expired session",
    ask: session,
    make: sql(({ sessionId }) => `update session set expires_at = now() where id = '${sessionId}'`),
    shown: is(401),
  },
  {
    name: "SQL: a session that was given another id, deleted",
    ask: session,
    make: sql(
      ({ sessionId }) =>
        `update session set id = id || 'x' where id = '${sessionId}'; delete from session where id = '${sessionId}x'`,
    ),
    shown: is(401),
  },
  {
    name: "SQL: a deleted session",
    ask: session,
    make: sql(({ sessionId }) => `delete from session where id = '${sessionId}'`),
    shown: is(401),
  },
  {
    name: "SQL: a deleted session, by who replays a replication",
    ask: session,
    make: sql(
      ({ sessionId }) =>
        `begin; set local session_replication_role = replica; delete from session where id = '${sessionId}'; commit`,
    ),
    shown: is(401),
  },
  {
    name: "SQL: a banned user",
    ask: session,
    make: sql(({ userId }) => `update "user" set banned = true where id = '${userId}'`),
    shown: is(401),
  },
  {
    name: "SQL: a deleted user",
    ask: session,
    make: sql(({ userId }) => `delete from "user" where id = '${userId}'`),
    shown: is(401),
  },
  {
    name: "SQL: a changed role",
    ask: creating,
    make: sql(({ memberId }) => `update member set role = 'viewer' where id = '${memberId}'`),
    shown: is(403),
  },
  {
    name: "SQL: a membership moved to another organization",
    ask: session,
    make: sql(
      ({ memberId, organizationId }) =>
        `update member set organization_id = (select id from organization where id <> '${organizationId}' limit 1) where id = '${memberId}'`,
    ),
    shown: is(403),
  },
  {
    name: "SQL: a deleted membership",
    ask: session,
    make: sql(({ memberId }) => `delete from member where id = '${memberId}'`),
    shown: is(403),
  },
  {
    name: "SQL: a role of the organization that shrinks",
    ask: creating,
    prepare: ownRole,
    make: sql(
      ({ memberId }) => `update organization_role set permission = '{"project":["read"]}' where id = '${memberId}'`,
    ),
    shown: is(403),
  },
  {
    name: "SQL: a role of the organization that shrinks, for a key",
    ask: keyCreating,
    prepare: ownRole,
    make: sql(
      ({ memberId }) => `update organization_role set permission = '{"project":["read"]}' where id = '${memberId}'`,
    ),
    shown: is(403),
  },
  {
    name: "SQL: a second factor that is required",
    ask: session,
    make: sql(
      ({ organizationId }) => `update organization set two_factor_required_from = now() where id = '${organizationId}'`,
    ),
    shown: is(403),
  },
  {
    name: "SQL: a renamed slug",
    ask: bySlug,
    make: sql(
      ({ organizationId, slug }) => `update organization set slug = '${slug}-x' where id = '${organizationId}'`,
    ),
    shown: is(403),
  },
  {
    name: "SQL: a deleted organization",
    ask: session,
    make: sql(({ organizationId }) => `delete from organization where id = '${organizationId}'`),
    shown: is(403),
  },
  {
    name: "SQL: a disabled key",
    ask: key,
    make: sql(({ keyId }) => `update apikey set enabled = false where id = '${keyId}'`),
    shown: is(401),
  },
  {
    name: "SQL: an expired key",
    ask: key,
    make: sql(({ keyId }) => `update apikey set expires_at = now() where id = '${keyId}'`),
    shown: is(401),
  },
  {
    name: "SQL: a deleted key",
    ask: key,
    make: sql(({ keyId }) => `delete from apikey where id = '${keyId}'`),
    shown: is(401),
  },
];

/** These end every credential, so each trial has holders of its own. */
export const truncations: readonly Change[] = [
  { name: "SQL: truncated sessions", ask: session, make: sql(() => "truncate session"), shown: is(401) },
  { name: "SQL: truncated users", ask: session, make: sql(() => `truncate "user" cascade`), shown: is(401) },
  { name: "SQL: truncated members", ask: session, make: sql(() => "truncate member cascade"), shown: is(403) },
  { name: "SQL: truncated organizations", ask: key, make: sql(() => "truncate organization cascade"), shown: is(401) },
  {
    name: "SQL: truncated roles",
    ask: creating,
    prepare: ownRole,
    make: sql(() => "truncate organization_role cascade"),
    shown: is(403),
  },
  { name: "SQL: truncated keys", ask: key, make: sql(() => "truncate apikey cascade"), shown: is(401) },
];
