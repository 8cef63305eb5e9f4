import { runWithTransaction } from "@better-auth/core/context";
import { withAuthCall } from "../auth/store/auth-call.ts";
import type { Auth } from "../auth/options.ts";
import type { Held, Scope } from "../core/scope.ts";
import type { Database } from "../db/types.ts";

/** A session as its user sees it: without its token. */
export type SessionRow = {
  id: string;
  createdAt: Date;
  updatedAt: Date;
  expiresAt: Date;
  ipAddress: string | null;
  userAgent: string | null;
  impersonated: boolean;
  /** The way in that opened it; null where it isn't known. */
  method: string | null;
  factors: number;
  authenticatedAt: Date;
};

/** Who makes a change, from where and when, for its audit event. A scope is one. */
export type Acting = Pick<Scope, "actor" | "origin" | "now">;

const text = `select id, created_at as "createdAt", updated_at as "updatedAt", expires_at as "expiresAt",
    nullif(ip_address, '') as "ipAddress", nullif(user_agent, '') as "userAgent", impersonated_by is not null as impersonated,
    method, factors, coalesce(authenticated_at, created_at) as "authenticatedAt"
  from "session" where user_id = $1 and expires_at > $2 and ($3::text is null or id < $3) order by id desc limit $4`;

/** A user's live sessions, newest first, since ids ascend with time. `after` is the last id of the previous page. */
export const listSessions = (
  { database }: { database: Database },
  userId: string,
  page: { now: Date; after: string | null; limit: number },
): Promise<SessionRow[]> =>
  database.statement<SessionRow>("sessions_of_user", text, [userId, page.now, page.after, page.limit]);

type Where = { field: string; value: string; operator?: "ne" }[];

/**
 * Ends sessions of a user, in one transaction.
 *
 * @param which all of them, one, or all but one.
 * @param check holds them to what the request demands, given their number; what it throws keeps them.
 */
export async function endSessions(
  { auth }: { auth: Auth },
  as: Acting,
  userId: string,
  which: "all" | { id: string } | { except: string },
  check: (count: number) => Held<{ id: string }>,
): Promise<void> {
  const { adapter } = await auth.$context;
  const where: Where = [{ field: "userId", value: userId }];
  if (which !== "all")
    where.push("id" in which ? { field: "id", value: which.id } : { field: "id", value: which.except, operator: "ne" });
  const work = async () => void check(await adapter.deleteMany({ model: "session", where }));
  await withAuthCall({ acting: as }, () => runWithTransaction(adapter as never, work));
}
