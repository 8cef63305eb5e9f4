import type { Tx } from "../../../db/types.ts";
import { organizationSetting } from "./table.ts";

/** Makes the settings that every organization has, in the transaction that makes it. */
export async function makeSettings(tx: Tx, organizationId: string, { now }: { now: Date }): Promise<void> {
  await tx.insert(organizationSetting).values({ organizationId, updatedAt: now });
}
