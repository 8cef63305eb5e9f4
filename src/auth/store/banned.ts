import type { DBAdapter } from "@better-auth/core/db/adapter";

type Person = { banned?: boolean | null; banExpires?: Date | null };

const isBanned = ({ banned, banExpires }: Person): boolean =>
  banned === true && (!banExpires || banExpires.getTime() > Date.now());

/** Hides the sessions of banned users: better-auth asks about a ban only when a session begins. */
export const withoutBanned = (adapter: DBAdapter): DBAdapter => ({
  ...adapter,
  findOne: async <T>(data: Parameters<DBAdapter["findOne"]>[0]): Promise<T | null> => {
    const found = await adapter.findOne<T>(data);
    if (data.model !== "session" || found === null) return found;
    const { user } = found as { user?: Person | null };
    return user && isBanned(user) ? null : found;
  },
});
