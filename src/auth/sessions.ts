import type { Actor, Origin } from "../core/audit.ts";
import type { Database } from "../db/client.ts";
import { acting } from "./adapter.ts";
import type { Auth } from "./auth.ts";

/** A session as its owner sees it. Its token is nobody's to read. */
export type SessionRow = {
  id: string;
  createdAt: Date;
  updatedAt: Date;
  expiresAt: Date;
  ipAddress: string | null;
  userAgent: string | null;
  impersonated: boolean;
};

/** On whose behalf something is written, for the audit. */
export type Circumstances = { actor: Actor; origin: Origin };

const text = `select id, created_at as "createdAt", updated_at as "updatedAt", expires_at as "expiresAt",
    nullif(ip_address, '') as "ipAddress", nullif(user_agent, '') as "userAgent", impersonated_by is not null as impersonated
  from "session" where user_id = $1 and expires_at > $2 and ($3::text is null or id < $3) order by id desc limit $4`;

/** A user's live sessions, newest first: ids are made in the order of time. `after` is the last id of the page before. */
export const listSessions = (
  database: Database,
  userId: string,
  page: { now: Date; after: string | null; limit: number },
): Promise<SessionRow[]> =>
  database.statement<SessionRow>("sessions_of_user", text, [userId, page.now, page.after, page.limit]);

/** Ends one session of a user's. @returns whether there was one. */
export const revokeSession = (auth: Auth, as: Circumstances, userId: string, id: string): Promise<boolean> =>
  end(auth, as, userId, { value: id }).then((count) => count > 0);

/** Ends every session of a user's but one. @returns how many. */
export const revokeOtherSessions = (auth: Auth, as: Circumstances, userId: string, kept: string): Promise<number> =>
  end(auth, as, userId, { value: kept, operator: "ne" });

/** Ends all of a user's sessions. @returns how many. */
export const revokeSessions = (auth: Auth, as: Circumstances, userId: string): Promise<number> => end(auth, as, userId);

async function end(auth: Auth, as: Circumstances, userId: string, id?: { value: string; operator?: "ne" }) {
  const { adapter } = await auth.$context;
  const where = [{ field: "userId", value: userId }, ...(id ? [{ field: "id", ...id }] : [])];
  return acting.run(as, () => adapter.deleteMany({ model: "session", where }));
}
