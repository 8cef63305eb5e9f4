import type { Tx } from "../../../db/types.ts";
import { subscription } from "./table.ts";

const dayMs = 24 * 3600 * 1000;

/** Begins an organization's trial. With no days of trial it starts out active. */
export async function startTrial(
  tx: Tx,
  organizationId: string,
  { now, trialDays }: { now: Date; trialDays: number },
): Promise<void> {
  const end = new Date(now.getTime() + trialDays * dayMs);
  await tx.insert(subscription).values({
    organizationId,
    plan: "free",
    status: trialDays > 0 ? "trialing" : "active",
    trialEndsAt: trialDays > 0 ? end : null,
    currentPeriodStart: now,
    currentPeriodEnd: end,
    createdAt: now,
    updatedAt: now,
  });
}
