import { createHash } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import type { Database } from "../../db/types.ts";

/** Longer than an authenticator app's code is taken for: better-auth takes the one before and the one after, too. */
const codeMs = 120_000;

/** What a session knows of how its person proved themselves, beside what better-auth reads of it. */
export type Assurance = ReturnType<typeof assuranceOf>;

/** Reads and raises it; whatever has been verified of the session is dropped by a trigger. */
export function assuranceOf(database: Database, clock: Clock, committed: (change: "session.updated") => void) {
  const raise = async (sessionId: string, at: Date | null, by: string | null, token: string | null = null) => {
    const raised = await database.statement(
      "raise_session",
      `update "session" set authenticated_at = coalesce($2, authenticated_at),
          factors = case when $3::text is null then factors else 2 end,
          method = case when $3 is null or factors > 1 or $3 = '' then method else $3 end,
          token = coalesce($4, token)
        where id = $1 returning id`,
      [sessionId, at, by, token],
    );
    committed("session.updated");
    return raised.length > 0;
  };
  return {
    /** When the person of a session last proved themselves in it; null where the session has ended. */
    async authenticatedAt(sessionId: string): Promise<Date | null> {
      const [row] = await database.statement<{ at: Date }>(
        "session_authenticated_at",
        `select coalesce(authenticated_at, created_at) as at from "session" where id = $1`,
        [sessionId],
      );
      return row?.at ?? null;
    },
    /**
     * Its person has proven themselves again: by a factor that it knows, or by this second one. It goes on under this token.
     *
     * @returns whether it is still there.
     */
    proven: (sessionId: string, at: Date, secondFactor: string | null, token: string) =>
      raise(sessionId, at, secondFactor, token),
    /** Somebody has proven themselves by this passkey. */
    async passkeyUsed(credentialId: string): Promise<void> {
      const text = 'update "passkey" set last_used_at = $2 where credential_id = $1';
      await database.statement("use_passkey", text, [credentialId, clock()]);
    },
    /**
     * Whether an authenticator app's code is used for the first time (RFC 6238 §5.2), of however many who use it at once.
     * Who has watched it being typed can't use it again.
     */
    async spendCode(userId: string, code: string): Promise<boolean> {
      const now = new Date();
      const name = `spent-code:${createHash("sha256").update(`${userId}:${code}`).digest("base64url")}`;
      const spent = await database.statement(
        "spend_code",
        `insert into verification as v (id, identifier, value, expires_at, created_at, updated_at)
          values ($1, $1, '', $2, $3, $3)
          on conflict (id) do update set expires_at = excluded.expires_at where v.expires_at < $3
          returning id`,
        [name, new Date(now.getTime() + codeMs), now],
      );
      return spent.length > 0;
    },
    /** It began on a device on which the second factor was proven before, and which its person trusted. */
    onTrustedDevice: async (sessionId: string): Promise<void> => void (await raise(sessionId, null, "")),
  };
}
