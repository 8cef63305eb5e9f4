import { tryGetCurrentAuthEndpointContext } from "@better-auth/core/context";
import type { DBAdapter } from "@better-auth/core/db/adapter";
import { sql } from "drizzle-orm";
import { type Actor, type AuditAction, difference, type Origin } from "../../core/audit.ts";
import { roleHistory } from "../../core/access/role.ts";
import type { Clock } from "../../core/clock.ts";
import type { RecordAudit } from "../../core/scope.ts";
import { askedLanguage } from "../../core/language.ts";
import type { Post } from "../../mail/outbox.ts";
import type { Tx } from "../../db/types.ts";
import { wholeRoles } from "../guard/roles.ts";
import { privateHeaders } from "../options.ts";
import { authCall } from "./auth-call.ts";
import { notify } from "./notices.ts";
import type { Pair, Row } from "./pair.ts";
import { began } from "./began.ts";

type Query = Pick<Parameters<DBAdapter["findMany"]>[0], "model" | "where">;

/** What was changed. A session's active organization decides what it may do, but is no event. */
export type Committed = AuditAction | "session.updated";

/** The models whose writes are audited. A session's are signing in and out; its sliding expiry isn't an event. */
export const nouns: Record<string, { created: AuditAction; updated: AuditAction | null; deleted: AuditAction }> = {
  user: { created: "user.created", updated: "user.updated", deleted: "user.deleted" },
  session: { created: "session.created", updated: null, deleted: "session.deleted" },
  account: { created: "account.created", updated: "account.updated", deleted: "account.deleted" },
  passkey: { created: "passkey.created", updated: null, deleted: "passkey.deleted" },
  organization: { created: "organization.created", updated: "organization.updated", deleted: "organization.deleted" },
  member: { created: "member.created", updated: "member.updated", deleted: "member.deleted" },
  invitation: { created: "invitation.created", updated: "invitation.updated", deleted: "invitation.deleted" },
  organizationRole: { created: "role.created", updated: "role.updated", deleted: "role.deleted" },
  apikey: { created: "apiKey.created", updated: "apiKey.updated", deleted: "apiKey.deleted" },
};

/** The models whose writes may end sessions, which the database records; it must know who acts. */
const endingSessions = new Set(["user", "session", "account", "passkey"]);

// 13 columns each, and a statement has 65,535 parameters at most.
const batchSize = 1_000;

type Ports = { recordAudit: RecordAudit; clock: Clock; post: Post };

/** Writes the history of one transaction. @param made takes each kind of change. */
export function historyOf(adapter: DBAdapter, tx: Tx, made: Set<Committed>, { recordAudit, clock, post }: Ports) {
  let declared = false;

  /** Tells the database who acts, before a write to this model. */
  async function declare(model: string): Promise<void> {
    if (declared || !endingSessions.has(model)) return;
    declared = true;
    const { actor, origin } = circumstances(null);
    const acting = { actor: actor.type === "system" && !authCall()?.acting ? null : actor, origin, at: clock() };
    const kept = tryGetCurrentAuthEndpointContext()?.context.session?.session.id ?? null;
    const begins = began(authCall()?.signIn, clock());
    // A session that goes on in another one, as after a new password, is read before it ends.
    await tx.execute(sql`select set_config('app.acting', (${JSON.stringify({ ...acting, kept })}::jsonb
      || jsonb_build_object('began', coalesce((select jsonb_build_object('method', method, 'factors', factors,
        'at', coalesce(authenticated_at, created_at)) from "session" where id = ${kept}), '{}') || ${JSON.stringify(begins)}::jsonb))::text, true)`);
  }

  /** Records changes of rows, in one statement; those of nothing are left out. */
  async function record(action: AuditAction, model: string, pairs: readonly Pair[]): Promise<void> {
    const events = pairs.flatMap(({ before, after }) => {
      const row = (after ?? before) as Row;
      const shown = visible(model, before, after);
      const changes = difference(shown.before, shown.after);
      if (before && after && Object.keys(changes).length === 0) return [];
      const owner = (model === "organization" ? row.id : (row.organizationId ?? row.referenceId)) as string | undefined;
      const userId = model === "user" ? row.id : ((row.userId as string | undefined) ?? null);
      return [{ organizationId: owner ?? null, ...circumstances(userId), action, entityId: row.id, changes }];
    });
    if (events.length === 0) return;
    made.add(action);
    // The database ends a person's sessions with these.
    if ((model === "account" && action !== "account.created") || action === "passkey.deleted")
      made.add("session.deleted");
    await recordAudit(tx, ...events);
    const { origin } = circumstances(null);
    const language = askedLanguage(tryGetCurrentAuthEndpointContext()?.headers?.get("accept-language"));
    for (const pair of pairs) await notify(tx, post, action, pair, { origin, language, now: clock() });
  }

  /** Records the deletion of all rows that a query finds, so many at a time. @returns how many they are. */
  async function recordDeleted(data: Query): Promise<number> {
    const action = nouns[data.model]?.deleted;
    let count = 0;
    if (action)
      for await (const rows of batches(adapter, tx, data)) {
        count += rows.length;
        await record(
          action,
          data.model,
          rows.map((before) => ({ before, after: null })),
        );
      }
    return count;
  }

  return { declare, record, recordDeleted };
}

/** All rows that a query finds, however many. */
export async function allRows(adapter: DBAdapter, tx: Tx, data: Query): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches(adapter, tx, data)) rows.push(...batch);
  return rows;
}

async function* batches(adapter: DBAdapter, tx: Tx, { model, where = [] }: Query): AsyncGenerator<Row[]> {
  for (let after: Row | undefined; ;) {
    const rest = after ? [{ field: "id", operator: "gt" as const, value: after.id }] : [];
    const rows = await adapter.findMany<Row>({
      model,
      where: [...where, ...rest],
      sortBy: { field: "id", direction: "asc" },
      limit: batchSize,
    });
    if (rows.length > 0) yield model === "organizationRole" ? await wholeRoles(tx, rows) : rows;
    if (rows.length < batchSize) return;
    after = rows.at(-1);
  }
}

/** Leaves tokens and sliding expiries out of the audit event. */
function visible(
  model: string,
  before: Row | null,
  after: Row | null,
): { before: object | null; after: object | null } {
  if (model === "organizationRole") return roleHistory(before as never, after as never);
  const shown = (row: Row): object => {
    if (model === "session")
      return { userId: row.userId, impersonatedBy: row.impersonatedBy, method: authCall()?.signIn?.by };
    if (model === "passkey") return { userId: row.userId, name: row.name, deviceType: row.deviceType };
    if (model === "account") return { userId: row.userId, providerId: row.providerId, password: row.password };
    return row;
  };
  return { before: before && shown(before), after: after && shown(after) };
}

/** Who acts and from where: the call's `acting`, else better-auth's request context, where a sign-in acts as its own user. */
function circumstances(userId: string | null): { actor: Actor; origin: Origin } {
  const known = authCall()?.acting;
  if (known) return known;
  const context = tryGetCurrentAuthEndpointContext();
  const current = context?.context.session ?? context?.context.newSession;
  const impersonatorId = (current?.session as { impersonatedBy?: string | null } | undefined)?.impersonatedBy ?? null;
  const id = current?.user.id ?? userId;
  // Its administration asks for the role; who stops to act as somebody is that person until then.
  const administers = id !== null && impersonatorId === null && context?.path?.startsWith("/admin/") === true;
  const header = (name: string) => context?.headers?.get(name) ?? null;
  return {
    actor: { type: id ? "user" : "system", id, impersonatorId, ...(administers ? { administrator: true } : {}) },
    origin: {
      requestId: header(privateHeaders.requestId),
      ipAddress: header(privateHeaders.clientAddress),
      userAgent: header("user-agent")?.slice(0, 512) ?? null,
    },
  };
}
