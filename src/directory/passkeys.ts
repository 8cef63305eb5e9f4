import type { Database } from "../db/types.ts";

/** A passkey of a user, without its key. */
export type PasskeyRow = {
  id: string;
  name: string | null;
  deviceType: string;
  createdAt: Date | null;
  lastUsedAt: Date | null;
};

const text = `select id, name, device_type as "deviceType", created_at as "createdAt",
    last_used_at as "lastUsedAt"
  from "passkey" where user_id = $1 and ($2::text is null or id > $2) order by id limit $3`;

/** A user's passkeys, oldest first. `after` is the last id of the previous page. */
export const listPasskeys = (
  { database }: { database: Database },
  userId: string,
  page: { after: string | null; limit: number },
): Promise<PasskeyRow[]> => database.statement<PasskeyRow>("passkeys_of_user", text, [userId, page.after, page.limit]);
