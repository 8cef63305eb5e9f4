import { eq } from "drizzle-orm";
import { user } from "../auth/tables/identity.ts";
import type { Database, Tx } from "../db/types.ts";

/** A user as platform administrators see one. It holds no credentials. */
export type UserRow = {
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
  isAnonymous: boolean;
  image: string | null;
  role: string | null;
  banned: boolean;
  banReason: string | null;
  banExpires: Date | null;
  createdAt: Date;
  updatedAt: Date;
};

const select = `select id, name, email, email_verified as "emailVerified", coalesce(is_anonymous, false) as "isAnonymous", image, role, coalesce(banned, false) as banned,
  ban_reason as "banReason", ban_expires as "banExpires", created_at as "createdAt", updated_at as "updatedAt" from "user"`;
const from = "($1::text is null or id < $1)";
const end = "order by id desc limit $2";

// One statement per filter, so that an address in any letter case is found by its index.
const statements = {
  all: `${select} where ${from} ${end}`,
  email: `${select} where ${from} and lower(email) = lower($3) ${end}`,
  state: `${select} where ${from} and ($3::text is null or name ilike $3 or email ilike $3)
    and ($4::boolean is null or $4 = (coalesce(banned, false) and (ban_expires is null or ban_expires > $6)))
    and ($5::boolean is null or $5 = ('admin' = any(string_to_array(coalesce(role, ''), ',')))) ${end}`,
  account: `${select} where ${from} and id = (select user_id from "account" where provider_id = $3 and account_id = $4) ${end}`,
} as const;

/**
 * Which users: all, the one with an address in any letter case, the one who is this to a provider, or those whose name or
 * address fits an `ilike` pattern, who are banned or administrators or not; null where that doesn't matter.
 */
export type UserFilter =
  | { by: "all" }
  | { by: "email"; values: [string] }
  | { by: "state"; values: [pattern: string | null, banned: boolean | null, administers: boolean | null, now: Date] }
  | { by: "account"; values: [provider: string, accountId: string] };

type Ports = { database: Database };

/** Users, newest first, since ids ascend with time. `after` is the last id of the previous page. */
export const listUsers = (
  { database }: Ports,
  filter: UserFilter,
  page: { after: string | null; limit: number },
): Promise<UserRow[]> =>
  database.statement<UserRow>(`users_by_${filter.by}`, statements[filter.by], [
    page.after,
    page.limit,
    ...("values" in filter ? filter.values : []),
  ]);

/** The user with this id, or undefined. */
export async function findUser({ database }: Ports, id: string): Promise<UserRow | undefined> {
  const [row] = await database.statement<UserRow>("user_by_id", `${select} where id = $1`, [id]);
  return row;
}

/** The id of the user with an address, in any letter case; or null. */
export async function findUserId({ database }: Ports, email: string): Promise<string | null> {
  const text = 'select id from "user" where lower(email) = lower($1)';
  const [row] = await database.statement<{ id: string }>("user_id_by_email", text, [email]);
  return row?.id ?? null;
}

/** The user with this id, whose row nobody else changes until the transaction ends; or undefined. */
export async function lockUser(tx: Tx, id: string): Promise<UserRow | undefined> {
  const [row] = await tx.select().from(user).where(eq(user.id, id)).for("update");
  return row && { ...row, banned: row.banned ?? false, isAnonymous: row.isAnonymous ?? false };
}
