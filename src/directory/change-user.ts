import { runWithTransaction } from "@better-auth/core/context";
import { currentTransaction, withAuthCall } from "../auth/store/auth-call.ts";
import type { Auth } from "../auth/options.ts";
import { notFound } from "../core/problem.ts";
import type { Held } from "../core/scope.ts";
import type { Tx } from "../db/types.ts";
import type { Acting } from "./sessions.ts";
import { lockUser, type UserRow } from "./users.ts";

/** Holds the locked row that is about to change to what the request demands, by the scope's `hold`, which alone makes a `Held`. */
export type Check = (before: UserRow) => Held<{ id: string }>;

type InternalAdapter = Awaited<Auth["$context"]>["internalAdapter"];

/**
 * Changes a user, and what is theirs, in one transaction that begins with a lock on the user's row.
 *
 * @param check is called with the user as they are before the change.
 * @param write changes them through better-auth's adapter.
 * @throws 404, and what `check` and `write` throw.
 */
export async function changeUser<Result>(
  { auth }: { auth: Auth },
  as: Acting,
  userId: string,
  check: Check,
  write: (adapter: InternalAdapter, before: UserRow) => Promise<Result>,
): Promise<Result> {
  const { adapter, internalAdapter } = await auth.$context;
  const work = async () => {
    const before = await lockUser(currentTransaction() as Tx, userId);
    if (!before) throw notFound();
    check(before);
    return write(internalAdapter, before);
  };
  return withAuthCall({ acting: as }, () => runWithTransaction(adapter as never, work));
}
