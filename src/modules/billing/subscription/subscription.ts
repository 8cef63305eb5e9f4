import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { differs } from "../../../core/audit.ts";
import { invalidField, notFound, problem } from "../../../core/problem.ts";
import { type OrganizationScope, updated } from "../../../core/scope.ts";
import type { ReadDb } from "../../../db/types.ts";
import { instant, timestamp } from "../../../http/schemas.ts";
import { subscription, subscriptionStatus } from "./table.ts";

export const IllegalTransition = problem("illegal_transition", 409, "The subscription can't go there from here");

const Status = z.enum(subscriptionStatus.enumValues);
type Status = z.infer<typeof Status>;

/** The statuses that may follow each status. There is one trial; a canceled subscription can become active again. */
const transitions: Record<Status, readonly Status[]> = {
  trialing: ["active", "past_due", "canceled"],
  active: ["past_due", "canceled"],
  past_due: ["active", "canceled"],
  canceled: ["active"],
};

export const Subscription = z
  .object({
    plan: z.string().meta({ description: "What the application calls it" }),
    status: Status,
    trialEndsAt: timestamp().nullable().meta({ description: "Null without a trial" }),
    currentPeriodStart: timestamp(),
    currentPeriodEnd: timestamp(),
    cancelAtPeriodEnd: z.boolean().meta({ description: "Whether it ends with its period, and doesn't renew" }),
    createdAt: timestamp(),
    updatedAt: timestamp(),
  })
  .meta({ id: "Subscription" });
export type Subscription = z.infer<typeof Subscription>;

export const SubscriptionChanges = z
  .strictObject({
    cancelAtPeriodEnd: z.boolean().meta({ description: "Whether it ends with its period, and doesn't renew" }),
  })
  .meta({ id: "SubscriptionChanges", example: { cancelAtPeriodEnd: true } });

export const SubscriptionCorrection = z
  .strictObject({
    plan: z
      .string()
      .regex(/^[a-z0-9]+([_-][a-z0-9]+)*$/, "must be of a-z, 0-9, - and _")
      .max(40)
      .optional(),
    status: Status.optional(),
    currentPeriodEnd: instant().optional(),
  })
  .meta({ id: "SubscriptionCorrection", example: { status: "active" } });

export type SubscriptionRow = typeof subscription.$inferSelect;

/** @throws 404 for an organization that doesn't exist. */
export async function getSubscription(scope: OrganizationScope): Promise<SubscriptionRow> {
  const [row] = await find(scope.db, scope);
  if (!row) throw notFound();
  return row;
}

/** The organization's own change: whether the subscription renews. @throws 404, 409 once it has ended, 412. */
export const changeSubscription = (
  scope: OrganizationScope,
  input: z.infer<typeof SubscriptionChanges>,
): Promise<SubscriptionRow> =>
  change(scope, (before) => {
    if (before.status === "canceled") throw IllegalTransition("A canceled subscription can't be canceled again.");
    return input;
  });

/**
 * A platform administrator's change. A canceled subscription that becomes active starts a new period and renews after it.
 *
 * @throws 404, 409 where the status can't follow the present one, 412, 422 for a period that ends before it starts.
 */
export const correctSubscription = (
  scope: OrganizationScope,
  input: z.infer<typeof SubscriptionCorrection>,
): Promise<SubscriptionRow> =>
  change(scope, (before) => {
    const { plan = before.plan, status = before.status, currentPeriodEnd = before.currentPeriodEnd } = input;
    if (status !== before.status && !transitions[before.status].includes(status)) {
      const possible = transitions[before.status].join(", ");
      throw IllegalTransition(`From ${before.status} a subscription can become ${possible}, but not ${status}.`);
    }
    const resumed = before.status === "canceled" && status === "active";
    const currentPeriodStart = resumed ? scope.now() : before.currentPeriodStart;
    if ((input.currentPeriodEnd || resumed) && currentPeriodEnd <= currentPeriodStart)
      throw invalidField("currentPeriodEnd", "must be later than the period's start");
    const cancelAtPeriodEnd = before.cancelAtPeriodEnd && !resumed;
    return { plan, status, currentPeriodStart, currentPeriodEnd, cancelAtPeriodEnd };
  });

const find = (db: ReadDb, scope: OrganizationScope) =>
  db.select().from(subscription).where(eq(subscription.organizationId, scope.organizationId));

function change(
  scope: OrganizationScope,
  decide: (before: SubscriptionRow) => Partial<SubscriptionRow>,
): Promise<SubscriptionRow> {
  return scope.mutate("subscription.updated", async (tx, hold) => {
    const [found] = await find(tx, scope).for("update");
    if (!found) throw notFound();
    const before = hold({ id: scope.organizationId, ...found }, Subscription);
    const decided = decide(found);
    if (!differs(found, decided)) return updated(before, before);
    // The condition holds the transition to the status it was judged by, even if another writer takes no lock.
    const [row] = await tx
      .update(subscription)
      .set({ ...decided, updatedAt: scope.now() })
      .where(and(eq(subscription.organizationId, scope.organizationId), eq(subscription.status, found.status)))
      .returning();
    if (!row) throw IllegalTransition("Its status has just changed. Read it again.");
    return updated(before, { id: scope.organizationId, ...row });
  });
}
