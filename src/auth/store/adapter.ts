import type { DBAdapter } from "@better-auth/core/db/adapter";
import { drizzleAdapter } from "@better-auth/drizzle-adapter";
import type { BetterAuthOptions } from "better-auth";
import { getAuthTables } from "better-auth/db";
import { eq } from "drizzle-orm";
import type { AuditAction } from "../../core/audit.ts";
import type { Clock } from "../../core/clock.ts";
import type { Offered } from "../../core/sign-in.ts";
import type { RecordAudit } from "../../core/scope.ts";
import type { Database, Schema, Tx } from "../../db/types.ts";
import { isLost } from "../../db/errors.ts";
import { repeated } from "../../db/retry.ts";
import type { Post } from "../../mail/outbox.ts";
import { asTenant } from "../../db/tenant.ts";
import { apikey } from "../tables/api-key.ts";
import { authCall, joining, noting, within } from "./auth-call.ts";
import { allRows, type Committed, historyOf, nouns } from "./history.ts";
import type { Pair, Row } from "./pair.ts";
import { keepWayIn } from "./last-way-in.ts";
import { holdPassword, holdUser, refuseOldSignIn, signsIn } from "./sign-in-races.ts";
import { withoutBanned } from "./banned.ts";
import { followPermission, wholeRoles } from "../guard/roles.ts";
import { checkedInput } from "./checked-input.ts";
import { withLifetime } from "./session-lifetime.ts";
import { unlimited } from "./unlimited.ts";
import { endUnproven } from "./unproven.ts";

type Query = Parameters<DBAdapter["findMany"]>[0];

/** What the application makes along with a user or an organization, in the same transaction. */
export type Provision = {
  user(tx: Tx, userId: string): Promise<void>;
  organization(tx: Tx, organizationId: string): Promise<void>;
};

// What an invitation's new status is called.
const answers: Readonly<Record<string, AuditAction>> = {
  accepted: "invitation.accepted",
  rejected: "invitation.rejected",
  canceled: "invitation.canceled",
};

type Ports = {
  database: Database;
  schema: Schema;
  recordAudit: RecordAudit;
  clock: Clock;
  provision: Provision;
  /** The ways in that are on, and the seconds after which a session ends in any case. */
  signIn: Offered & { sessionLifetime: number };
  /** Called after a transaction is committed, with each kind of change in it. */
  committed(change: Committed): void;
  /** Queues mail, in the transaction that it is about. */
  post: Post;
};

/**
 * better-auth's Drizzle adapter, with real transactions, and with the audit event and the application's own rows
 * written in the transaction of each write to people, organizations and sessions.
 */
export function auditedAdapter(ports: Ports): (options: BetterAuthOptions) => DBAdapter {
  const config = { provider: "pg", schema: ports.schema, transaction: true } as const;
  return (options) => {
    const checked = checkedInput(getAuthTables(options));
    const bounded = withLifetime(ports.signIn.sessionLifetime);
    const wrapped = (adapter: DBAdapter) => checked(bounded(withoutBanned(unlimited(adapter))));
    const enter = <T>(tx: Tx, made: Set<Committed>, run: (trx: DBAdapter) => Promise<T>) => {
      const inner = wrapped(drizzleAdapter(tx, config)(options));
      const transaction: DBAdapter["transaction"] = (run) =>
        tx.transaction((nested) => enter(nested, made, run as never));
      return within(tx, observed({ ...inner, transaction }, tx, made, ports), run);
    };
    const transaction: DBAdapter["transaction"] = async (run) => {
      const made = new Set<Committed>();
      const result = await ports.database.db.transaction((tx) => enter(tx, made, run));
      for (const action of made) ports.committed(action);
      return result;
    };
    // One operation, which may run again after a deadlock; better-auth's own transactions may not: it queues mail in them.
    const single: DBAdapter["transaction"] = (run) => repeated(() => transaction(run));
    const outer = wrapped(drizzleAdapter(ports.database.db, config)(options));
    return joining(
      remembering({
        ...outer,
        transaction: transaction,
        create: (data) =>
          (nouns[data.model] || signsIn(data.model, data.data) !== undefined
            ? single((trx) => trx.create(data))
            : outer.create(data)) as never,
        update: (data) =>
          (nouns[data.model]?.updated || redirectsSession(data)
            ? single((trx) => trx.update(data))
            : outer.update(data)) as never,
        updateMany: (data) =>
          nouns[data.model]?.updated ? single((trx) => trx.updateMany(data)) : outer.updateMany(data),
        incrementOne: (data) =>
          (nouns[data.model]?.updated ? single((trx) => trx.incrementOne(data)) : outer.incrementOne(data)) as never,
        delete: (data) => (nouns[data.model] ? single((trx) => trx.delete(data)) : outer.delete(data)),
        deleteMany: async (data) => {
          if (sweepsKeys(data)) return 0;
          return nouns[data.model] ? single((trx) => trx.deleteMany(data)) : outer.deleteMany(data);
        },
      }),
    );
  };
}

function observed(adapter: DBAdapter, tx: Tx, made: Set<Committed>, ports: Ports): DBAdapter {
  const { declare, record, recordDeleted } = historyOf(adapter, tx, made, ports);
  const deleteMany: DBAdapter["deleteMany"] = async (data) => {
    if (sweepsKeys(data)) return 0;
    await declare(data.model);
    if (data.model === "session") return endSessions(data);
    const count = await recordDeleted(data);
    return emptiesOrganization(data) ? count : adapter.deleteMany(data);
  };
  const endSessions: DBAdapter["deleteMany"] = async (data) => {
    await holdUser(tx, data);
    const count = await adapter.deleteMany(data);
    if (count > 0) made.add("session.deleted");
    return count;
  };
  const rows = (data: Query) => allRows(adapter, tx, data);
  const provide = async (model: string, id: string): Promise<void> => {
    if (model === "user") await asTenant(tx, { "app.user_id": id }, () => ports.provision.user(tx, id));
    if (model === "organization")
      await asTenant(tx, { "app.organization_id": id }, () => ports.provision.organization(tx, id));
  };
  const proven = (model: string, written: Record<string, unknown>, userId: string) =>
    endUnproven(tx, { deleteMany, updateMany }, { model, data: written, userId });
  const updateMany: DBAdapter["updateMany"] = async (data) => {
    await declare(data.model);
    const action = nouns[data.model]?.updated;
    const before = action ? await rows(data) : [];
    if (data.model === "account" && "password" in data.update) await holdPassword(tx, before[0]);
    for (const row of before) await proven(data.model, data.update, ownerOf(data.model, row));
    const count = await adapter.updateMany(data);
    const pairs: Pair[] = [];
    for (const row of before) {
      const role = data.model === "organizationRole" ? await followPermission(tx, row as never) : undefined;
      pairs.push({ before: row, after: role ?? { ...row, ...data.update } });
    }
    if (action) await record(action, data.model, pairs);
    return count;
  };
  return remembering({
    ...adapter,
    deleteMany,
    create: async (data) => {
      await declare(data.model);
      const signing = signsIn(data.model, data.data);
      if (signing !== undefined) await refuseOldSignIn(tx, signing);
      await proven(data.model, data.data, String(data.data.userId));
      const row = (await adapter.create(data)) as unknown as Row;
      const noun = nouns[data.model];
      const [whole = row] = data.model === "organizationRole" ? await wholeRoles(tx, [row]) : [];
      if (noun) await record(noun.created, data.model, [{ before: null, after: whole }]);
      await provide(data.model, row.id);
      return row as never;
    },
    update: async (data) => {
      await declare(data.model);
      const action = nouns[data.model]?.updated;
      const [before] = action ? await rows(data) : [];
      if (data.model === "account" && "password" in data.update) await holdPassword(tx, before);
      if (before) await proven(data.model, data.update, ownerOf(data.model, before));
      const row = await adapter.update<Row>(data);
      if (redirectsSession(data)) made.add("session.updated");
      if (action && before && row) await record(action, data.model, [{ before, after: row }]);
      return row as never;
    },
    updateMany,
    // better-auth sets an invitation's status through incrementOne.
    incrementOne: async (data) => {
      const action = nouns[data.model]?.updated;
      const [before] = action ? await rows(data) : [];
      const row = await adapter.incrementOne<Row>(data);
      const status = data.model === "invitation" && data.set?.status;
      if (action && before && row)
        await record((typeof status === "string" && answers[status]) || action, data.model, [{ before, after: row }]);
      return row as never;
    },
    delete: async (data) => {
      await declare(data.model);
      if (data.model === "session") return void (await endSessions(data));
      if (data.model === "account" || data.model === "passkey")
        for (const row of await rows(data)) await keepWayIn(tx, ports.signIn, data.model, row);
      // The foreign keys would delete these without an audit event in their organizations.
      if (data.model === "user")
        for (const { id } of await rows(data)) {
          await deleteMany({ model: "member", where: [{ field: "userId", value: id }] });
          await deleteMany({ model: "invitation", where: [{ field: "inviterId", value: id }] });
          const keys = await tx.delete(apikey).where(eq(apikey.createdBy, id)).returning();
          await record(
            "apiKey.deleted",
            "apikey",
            keys.map((before) => ({ before, after: null })),
          );
        }
      await recordDeleted(data);
      await adapter.delete(data);
    },
  });
}

/** Whose row it is, of those about a person. */
const ownerOf = (model: string, row: Row): string => (model === "user" ? row.id : String(row["userId"]));

/** A session's active organization decides what it may do; its sliding expiry doesn't. */
const redirectsSession = ({ model, update }: { model: string; update: Record<string, unknown> }): boolean =>
  model === "session" && Object.keys(update).some((field) => field !== "expiresAt" && field !== "updatedAt");

// better-auth does so before it deletes the organization, which would be without an owner. The foreign key follows.
const emptiesOrganization = ({ model, where }: Query): boolean =>
  model === "member" && where?.length === 1 && where[0]?.field === "organizationId";

// Listing keys makes better-auth delete all expired keys of every organization: skip it, or the reader is audited as
// the deleter.
const sweepsKeys = ({ model }: Query): boolean => model === "apikey";

/**
 * Notes a request's first database error on the way through. A database that was away isn't asked again: better-auth goes
 * on past failures, and each would wait as long as the first.
 */
function remembering(adapter: DBAdapter): DBAdapter {
  const wrapped: Record<string, unknown> = { ...adapter };
  for (const [name, method] of Object.entries(adapter)) {
    if (typeof method !== "function") continue;
    wrapped[name] = (...args: unknown[]) =>
      noting(async () => {
        const failed = authCall()?.failure.error;
        if (isLost(failed)) throw failed;
        return (method as (...args: unknown[]) => unknown)(...args);
      });
  }
  return wrapped as DBAdapter;
}
