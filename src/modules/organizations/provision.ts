import type { Clock } from "../../core/clock.ts";
import type { Tx } from "../../db/client.ts";
import { startTrial } from "../subscription/index.ts";
import { organizationSetting } from "./table.ts";

/** Makes what every organization has, its settings and its trial, in the transaction that makes the organization. */
export const provisionOrganization =
  (clock: Clock, trialDays: number) =>
  async (tx: Tx, organizationId: string): Promise<void> => {
    await tx.insert(organizationSetting).values({ organizationId, updatedAt: clock() });
    await startTrial(tx, organizationId, clock(), trialDays);
  };
