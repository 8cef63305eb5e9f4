import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { Invalid, notFound, problem } from "../../core/problem.ts";
import type { Change, OrganizationScope } from "../../core/scope.ts";
import type { ReadDb } from "../../db/client.ts";
import { checkMatch } from "../../http/router.ts";
import { timestamp } from "../../http/schemas.ts";
import { subscription, subscriptionStatus } from "./table.ts";

export const IllegalTransition = problem("illegal_transition", 409, "The subscription can't go there from here");

const Status = z.enum(subscriptionStatus.enumValues);
type Status = z.infer<typeof Status>;

/** Where a subscription may go. A trial begins once; one that ended can be taken up again. */
const transitions: Record<Status, readonly Status[]> = {
  trialing: ["active", "past_due", "canceled"],
  active: ["past_due", "canceled"],
  past_due: ["active", "canceled"],
  canceled: ["active"],
};

export const Subscription = z
  .object({
    plan: z.string(),
    status: Status,
    trialEndsAt: timestamp().nullable(),
    currentPeriodStart: timestamp(),
    currentPeriodEnd: timestamp(),
    cancelAtPeriodEnd: z.boolean(),
    createdAt: timestamp(),
    updatedAt: timestamp(),
  })
  .meta({ id: "Subscription" });

export const SubscriptionChanges = z.object({ cancelAtPeriodEnd: z.boolean() }).meta({ id: "SubscriptionChanges" });

export const SubscriptionCorrection = z
  .object({
    plan: z
      .string()
      .regex(/^[a-z0-9]+([_-][a-z0-9]+)*$/, "must be of a-z, 0-9, - and _")
      .max(40)
      .optional(),
    status: Status.optional(),
    currentPeriodEnd: z.iso
      .datetime({ offset: true })
      .transform((time) => new Date(time))
      .optional()
      .meta({ type: "string", format: "date-time" }),
  })
  .meta({ id: "SubscriptionCorrection" });

export type SubscriptionRow = typeof subscription.$inferSelect;

/** @throws 404 for an organization that isn't there. */
export async function getSubscription(scope: OrganizationScope): Promise<SubscriptionRow> {
  const [row] = await find(scope.db, scope);
  if (!row) throw notFound();
  return row;
}

/** What its organization decides: whether it goes on after the period. @throws 409 once it has ended, 412. */
export const changeSubscription = (
  scope: OrganizationScope,
  input: z.infer<typeof SubscriptionChanges>,
  ifMatch: string | undefined,
): Promise<SubscriptionRow> =>
  change(scope, ifMatch, (before) => {
    if (before.status === "canceled") throw IllegalTransition("A subscription that has ended isn't canceled again.");
    return input;
  });

/**
 * What a platform administrator decides. One that is taken up again starts a new period and goes on after it.
 *
 * @throws 404, 409 where the status can't follow the present one, 412, 422 for a period that ends before it starts.
 */
export const correctSubscription = (
  scope: OrganizationScope,
  input: z.infer<typeof SubscriptionCorrection>,
  ifMatch: string | undefined,
): Promise<SubscriptionRow> =>
  change(scope, ifMatch, (before) => {
    const { plan = before.plan, status = before.status, currentPeriodEnd = before.currentPeriodEnd } = input;
    if (status !== before.status && !transitions[before.status].includes(status)) {
      const possible = transitions[before.status].join(", ");
      throw IllegalTransition(`From ${before.status} a subscription goes to ${possible}, not to ${status}.`);
    }
    const resumed = before.status === "canceled" && status === "active";
    const currentPeriodStart = resumed ? scope.now() : before.currentPeriodStart;
    if ((input.currentPeriodEnd || resumed) && currentPeriodEnd <= currentPeriodStart) {
      throw Invalid("Change the fields listed under errors.", {
        errors: [{ path: "currentPeriodEnd", message: "must be later than the period's start" }],
      });
    }
    const cancelAtPeriodEnd = before.cancelAtPeriodEnd && !resumed;
    return { plan, status, currentPeriodStart, currentPeriodEnd, cancelAtPeriodEnd };
  });

const find = (db: ReadDb, scope: OrganizationScope) =>
  db.select().from(subscription).where(eq(subscription.organizationId, scope.organizationId));

function change(
  scope: OrganizationScope,
  ifMatch: string | undefined,
  decide: (before: SubscriptionRow) => Partial<SubscriptionRow>,
): Promise<SubscriptionRow> {
  return scope.mutate("subscription.updated", async (tx): Promise<Change<SubscriptionRow>> => {
    const [before] = await find(tx, scope).for("update");
    if (!before) throw notFound();
    checkMatch(ifMatch, Subscription, before);
    const decided = decide(before);
    const entityId = scope.organizationId;
    if (Bun.deepEquals({ ...before, ...decided }, before)) return { entityId, before, after: before, result: before };
    // Holds the transition to the status it was judged by, whatever locks others take or don't.
    const [after] = await tx
      .update(subscription)
      .set({ ...decided, updatedAt: scope.now() })
      .where(and(eq(subscription.organizationId, scope.organizationId), eq(subscription.status, before.status)))
      .returning();
    if (!after) throw IllegalTransition("Its status has just changed. Read it again.");
    return { entityId, before, after, result: after };
  });
}
