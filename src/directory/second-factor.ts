import { backupCodesIn } from "../auth/methods/two-factor.ts";
import type { Auth } from "../auth/options.ts";
import type { Database } from "../db/types.ts";

const text = `select t.backup_codes as "backupCodes"
  from "user" u left join "two_factor" t on t.user_id = u.id where u.id = $1 and u.two_factor_enabled`;

/**
 * Whether a user's second factor is on, and how many backup codes they haven't used.
 *
 * @returns `backupCodesLeft` null where it is off, and where the codes can't be read with today's secret.
 */
export async function findSecondFactor(
  { auth, database }: { auth: Auth; database: Database },
  userId: string,
): Promise<{ enabled: boolean; backupCodesLeft: number | null }> {
  type Row = { backupCodes: string | null };
  const [row] = await database.statement<Row>("second_factor_of_user", text, [userId]);
  if (!row) return { enabled: false, backupCodesLeft: null };
  const { backupCodes } = row;
  return { enabled: true, backupCodesLeft: backupCodes === null ? null : await backupCodesIn(auth, backupCodes) };
}
