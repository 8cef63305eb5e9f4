import type { Clock } from "../../core/clock.ts";
import type { Database } from "../../db/types.ts";

/** What a session knows of how its person proved themselves, beside what better-auth reads of it. */
export type Assurance = ReturnType<typeof assuranceOf>;

/** Reads and raises it; whatever has been verified of the session is dropped by a trigger. */
export function assuranceOf(database: Database, clock: Clock, committed: (change: "session.updated") => void) {
  const raise = async (sessionId: string, at: Date | null, by: string | null): Promise<void> => {
    await database.statement(
      "raise_session",
      `update "session" set authenticated_at = coalesce($2, authenticated_at),
          factors = case when $3::text is null then factors else 2 end,
          method = case when $3 is null or factors > 1 or $3 = '' then method else $3 end
        where id = $1`,
      [sessionId, at, by],
    );
    committed("session.updated");
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
    /** Its person has proven themselves again: by a factor that it knows, or by this second one. */
    proven: (sessionId: string, at: Date, secondFactor: string | null) => raise(sessionId, at, secondFactor),
    /** Somebody has proven themselves by this passkey. */
    async passkeyUsed(credentialId: string): Promise<void> {
      const text = 'update "passkey" set last_used_at = $2 where credential_id = $1';
      await database.statement("use_passkey", text, [credentialId, clock()]);
    },
    /** It began on a device on which the second factor was proven before, and which its person trusted. */
    onTrustedDevice: (sessionId: string) => raise(sessionId, null, ""),
  };
}
