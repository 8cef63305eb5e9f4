import { AsyncLocalStorage } from "node:async_hooks";
import { tryGetCurrentAuthEndpointContext } from "@better-auth/core/context";
import type { DBAdapter } from "@better-auth/core/db/adapter";
import { drizzleAdapter } from "@better-auth/drizzle-adapter";
import type { BetterAuthOptions } from "better-auth";
import { getAuthTables } from "better-auth/db";
import { eq } from "drizzle-orm";
import type { Actor, AuditAction, Origin, RecordAudit } from "../core/audit.ts";
import { difference } from "../core/audit.ts";
import { roleHistory } from "../core/role.ts";
import type { Database, Schema, Tx } from "../db/client.ts";
import { asApp } from "../db/as-app.ts";
import { isUnavailable, sqlState } from "../db/errors.ts";
import { privateHeaders } from "./auth.ts";
import { apikey } from "./key-table.ts";
import { joining, within } from "./joined.ts";
import { followPermission, wholeRoles } from "./roles.ts";
import { wholeOver } from "./whole.ts";

type Row = Record<string, unknown> & { id: string };
type Query = Parameters<DBAdapter["findMany"]>[0];

/** What the application makes along with a user or an organization, in the same transaction. */
export type Provision = {
  user(tx: Tx, userId: string): Promise<void>;
  organization(tx: Tx, organizationId: string): Promise<void>;
};

/** The first database error of a request: better-auth sometimes answers past it, and the mount must know. */
export const requestFailure = new AsyncLocalStorage<{ error?: unknown }>();

/** Who acts and from where, for writes that don't come through one of better-auth's own routes. */
export const acting = new AsyncLocalStorage<{ actor: Actor; origin: Origin }>();

// The models whose writes are audited. Sessions are: signing in and out. Their sliding expiry isn't an event.
const nouns: Record<string, { created: AuditAction; updated: AuditAction | null; deleted: AuditAction }> = {
  user: { created: "user.created", updated: "user.updated", deleted: "user.deleted" },
  session: { created: "session.created", updated: null, deleted: "session.deleted" },
  account: { created: "account.created", updated: "account.updated", deleted: "account.deleted" },
  organization: { created: "organization.created", updated: "organization.updated", deleted: "organization.deleted" },
  member: { created: "member.created", updated: "member.updated", deleted: "member.deleted" },
  invitation: { created: "invitation.created", updated: "invitation.updated", deleted: "invitation.deleted" },
  organizationRole: { created: "role.created", updated: "role.updated", deleted: "role.deleted" },
  apikey: { created: "apiKey.created", updated: "apiKey.updated", deleted: "apiKey.deleted" },
};

type Ports = { database: Database; schema: Schema; recordAudit: RecordAudit; provision: Provision };

/**
 * better-auth's Drizzle adapter, with real transactions, and with the audit event and the application's own rows
 * written in the transaction of each write to people, organizations and sessions.
 */
export function auditedAdapter(ports: Ports): (options: BetterAuthOptions) => DBAdapter {
  const config = { provider: "pg", schema: ports.schema, transaction: true } as const;
  return (options) => {
    const whole = wholeOver(getAuthTables(options));
    const enter = <T>(tx: Tx, run: (trx: DBAdapter) => Promise<T>) => {
      const inner = whole(drizzleAdapter(tx, config)(options));
      const transaction: DBAdapter["transaction"] = (run) => tx.transaction((nested) => enter(nested, run as never));
      return within(tx, observed({ ...inner, transaction }, tx, ports), run);
    };
    const transaction: DBAdapter["transaction"] = (run) => ports.database.db.transaction((tx) => enter(tx, run));
    const outer = whole(drizzleAdapter(ports.database.db, config)(options));
    return joining(
      remembering({
        ...outer,
        transaction: transaction,
        create: (data) => (nouns[data.model] ? transaction((trx) => trx.create(data)) : outer.create(data)) as never,
        update: (data) =>
          (nouns[data.model]?.updated ? transaction((trx) => trx.update(data)) : outer.update(data)) as never,
        updateMany: (data) =>
          nouns[data.model]?.updated ? transaction((trx) => trx.updateMany(data)) : outer.updateMany(data),
        incrementOne: (data) =>
          (nouns[data.model]?.updated
            ? transaction((trx) => trx.incrementOne(data))
            : outer.incrementOne(data)) as never,
        delete: (data) => (nouns[data.model] ? transaction((trx) => trx.delete(data)) : outer.delete(data)),
        deleteMany: async (data) => {
          if (sweepsKeys(data)) return 0;
          return nouns[data.model] ? transaction((trx) => trx.deleteMany(data)) : outer.deleteMany(data);
        },
      }),
    );
  };
}

function observed(adapter: DBAdapter, tx: Tx, ports: Ports): DBAdapter {
  const rows = async (data: Query): Promise<Row[]> => {
    const found = await adapter.findMany<Row>({ model: data.model, where: data.where ?? [], limit: 100_000 });
    return data.model === "organizationRole" ? wholeRoles(tx, found) : found;
  };
  const record = async (action: AuditAction, model: string, before: Row | null, after: Row | null) => {
    const row = (after ?? before) as Row;
    const told = visible(model, before, after);
    const changes = difference(told.before, told.after);
    if (before && after && Object.keys(changes).length === 0) return;
    const owner = (model === "organization" ? row.id : (row.organizationId ?? row.referenceId)) as string | undefined;
    const organizationId = owner ?? null;
    const userId = model === "user" ? row.id : ((row.userId as string | undefined) ?? null);
    await asApp(tx, { "app.organization_id": organizationId ?? "", "app.user_id": userId ?? "" }, async () => {
      await ports.recordAudit(tx, { organizationId, ...circumstances(userId), action, entityId: row.id, changes });
      if (before === null && model === "user") await ports.provision.user(tx, row.id);
      if (before === null && model === "organization") await ports.provision.organization(tx, row.id);
    });
  };
  const deleteMany: DBAdapter["deleteMany"] = async (data) => {
    if (sweepsKeys(data)) return 0;
    const before = nouns[data.model] ? await rows(data) : [];
    const count = emptiesOrganization(data) ? before.length : await adapter.deleteMany(data);
    for (const row of before)
      await record((nouns[data.model] as { deleted: AuditAction }).deleted, data.model, row, null);
    return count;
  };
  return remembering({
    ...adapter,
    deleteMany,
    create: async (data) => {
      const row = (await adapter.create(data)) as unknown as Row;
      const noun = nouns[data.model];
      const [made = row] = data.model === "organizationRole" ? await wholeRoles(tx, [row]) : [];
      if (noun) await record(noun.created, data.model, null, made);
      return row as never;
    },
    update: async (data) => {
      const action = nouns[data.model]?.updated;
      const [before] = action ? await rows(data) : [];
      const row = await adapter.update<Row>(data);
      if (action && before && row) await record(action, data.model, before, row);
      return row as never;
    },
    updateMany: async (data) => {
      const action = nouns[data.model]?.updated;
      const before = action ? await rows(data) : [];
      const count = await adapter.updateMany(data);
      for (const row of before) {
        const role = data.model === "organizationRole" ? await followPermission(tx, row as never) : undefined;
        await record(action as AuditAction, data.model, row, role ?? { ...row, ...data.update });
      }
      return count;
    },
    // This is how an invitation's status is set, whatever the name says.
    incrementOne: async (data) => {
      const action = nouns[data.model]?.updated;
      const [before] = action ? await rows(data) : [];
      const row = await adapter.incrementOne<Row>(data);
      const status = data.model === "invitation" && data.set?.status;
      if (action && before && row)
        await record(typeof status === "string" ? `invitation.${status}` : action, data.model, before, row);
      return row as never;
    },
    delete: async (data) => {
      const before = nouns[data.model] ? await rows(data) : [];
      // The foreign keys would end these without a trace in their organizations' history.
      if (data.model === "user")
        for (const { id } of before) {
          await deleteMany({ model: "member", where: [{ field: "userId", value: id }] });
          await deleteMany({ model: "invitation", where: [{ field: "inviterId", value: id }] });
          for (const key of await tx.delete(apikey).where(eq(apikey.createdBy, id)).returning())
            await record("apiKey.deleted", "apikey", key, null);
        }
      await adapter.delete(data);
      for (const row of before)
        await record((nouns[data.model] as { deleted: AuditAction }).deleted, data.model, row, null);
    },
  });
}

// Better-auth does so before it deletes the organization, which would be without an owner then. The foreign key follows.
const emptiesOrganization = ({ model, where }: Query): boolean =>
  model === "member" && where?.length === 1 && where[0]?.field === "organizationId";

// Whoever lists their keys would thereby delete every expired key there is, and be named in all their histories.
const sweepsKeys = ({ model }: Query): boolean => model === "apikey";

/** A session's token and an account's tokens are no news to anybody; neither are expiries that slide. */
function visible(
  model: string,
  before: Row | null,
  after: Row | null,
): { before: object | null; after: object | null } {
  if (model === "organizationRole") return roleHistory(before as never, after as never);
  const shown = (row: Row): object => {
    if (model === "session") return { userId: row.userId, impersonatedBy: row.impersonatedBy };
    if (model === "account") return { userId: row.userId, providerId: row.providerId, password: row.password };
    return row;
  };
  return { before: before && shown(before), after: after && shown(after) };
}

/** Who acts and from where: as `acting` says, else by better-auth's request context, where signing in acts as oneself. */
function circumstances(userId: string | null): { actor: Actor; origin: Origin } {
  const known = acting.getStore();
  if (known) return known;
  const context = tryGetCurrentAuthEndpointContext();
  const current = context?.context.session ?? context?.context.newSession;
  const impersonatorId = (current?.session as { impersonatedBy?: string | null } | undefined)?.impersonatedBy ?? null;
  const id = current?.user.id ?? userId;
  const header = (name: string) => context?.headers?.get(name) ?? null;
  return {
    actor: { type: id ? "user" : "system", id, impersonatorId },
    origin: {
      requestId: header(privateHeaders.requestId),
      ipAddress: header(privateHeaders.clientAddress),
      userAgent: header("user-agent")?.slice(0, 512) ?? null,
    },
  };
}

/** Notes a request's first database error on the way through. */
function remembering(adapter: DBAdapter): DBAdapter {
  const wrapped: Record<string, unknown> = { ...adapter };
  for (const [name, method] of Object.entries(adapter)) {
    if (typeof method !== "function") continue;
    wrapped[name] = async (...args: unknown[]) => {
      try {
        return await (method as (...args: unknown[]) => unknown)(...args);
      } catch (error) {
        const store = requestFailure.getStore();
        if (store && (sqlState(error) !== undefined || isUnavailable(error))) store.error ??= error;
        throw error;
      }
    };
  }
  return wrapped as DBAdapter;
}
