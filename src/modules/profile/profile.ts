import type { Clock } from "../../core/clock.ts";
import type { Tx } from "../../db/client.ts";
import { userProfile } from "./table.ts";

/** Makes the empty profile that every user has, in the transaction that makes the user. */
export const provisionUser =
  (clock: Clock) =>
  async (tx: Tx, userId: string): Promise<void> => {
    const now = clock();
    await tx.insert(userProfile).values({ userId, createdAt: now, updatedAt: now });
  };
