import type { Database } from "../db/types.ts";

/** A way in which a user signs in, without its secrets. */
export type SignInMethodRow = {
  id: string;
  /** `credential` for a password. */
  provider: string;
  /** Who the user is to the provider. */
  accountId: string;
  scope: string | null;
  createdAt: Date;
  updatedAt: Date;
};

const text = `select id, provider_id as provider, account_id as "accountId", scope, created_at as "createdAt",
    updated_at as "updatedAt"
  from "account" where user_id = $1 and ($2::text is null or id > $2) order by id limit $3`;

/** A user's ways to sign in, oldest first. `after` is the last id of the previous page. */
export const listSignInMethods = (
  { database }: { database: Database },
  userId: string,
  page: { after: string | null; limit: number },
): Promise<SignInMethodRow[]> =>
  database.statement<SignInMethodRow>("sign_in_methods_of_user", text, [userId, page.after, page.limit]);
