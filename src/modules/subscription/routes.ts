import { z } from "zod";
import { allow, organizationScope, platformAdmin } from "../../http/access.ts";
import { body, createRoute, createRouter, json, organizationParams, problems, send } from "../../http/router.ts";
import {
  changeSubscription,
  correctSubscription,
  getSubscription,
  Subscription,
  SubscriptionChanges,
  SubscriptionCorrection,
} from "./subscription.ts";

const read = createRoute({
  ...allow("subscription:read"),
  method: "get",
  path: "/",
  summary: "Read the organization's subscription",
  tags: ["Subscription"],
  request: { params: organizationParams },
  responses: { ...problems, 200: json(Subscription, "The subscription") },
});

const update = createRoute({
  ...allow("subscription:update"),
  method: "patch",
  path: "/",
  summary: "Let the subscription end with its period, or go on",
  tags: ["Subscription"],
  request: { params: organizationParams, body: body(SubscriptionChanges) },
  responses: { ...problems, 200: json(Subscription, "The subscription as it is now") },
});

export const routes = () =>
  createRouter()
    .openapi(read, async (c) => send(c, Subscription, await getSubscription(c.var.scope), 200))
    .openapi(update, async (c) =>
      send(c, Subscription, await changeSubscription(c.var.scope, c.req.valid("json"), c.req.header("if-match")), 200),
    );

const params = z.object({ orgId: z.string().meta({ description: "The organization's id" }) });

const inspect = createRoute({
  ...platformAdmin(),
  method: "get",
  path: "/",
  summary: "Read any organization's subscription",
  tags: ["Administration"],
  request: { params },
  responses: { ...problems, 200: json(Subscription, "The subscription") },
});

const correct = createRoute({
  ...platformAdmin(),
  method: "patch",
  path: "/",
  summary: "Change any organization's subscription",
  description:
    "A status is only left for one that can follow it: trialing for active, past_due or canceled; active for past_due or canceled; past_due for active or canceled; canceled for active.",
  tags: ["Administration"],
  request: { params, body: body(SubscriptionCorrection) },
  responses: { ...problems, 200: json(Subscription, "The subscription as it is now") },
});

export const adminRoutes = () =>
  createRouter()
    .openapi(inspect, async (c) => {
      const scope = organizationScope(c, c.var.principal, c.req.valid("param").orgId);
      return send(c, Subscription, await getSubscription(scope), 200);
    })
    .openapi(correct, async (c) => {
      const scope = organizationScope(c, c.var.principal, c.req.valid("param").orgId);
      const row = await correctSubscription(scope, c.req.valid("json"), c.req.header("if-match"));
      return send(c, Subscription, row, 200);
    });
