import { z } from "zod";
import { allow, platformAdmin } from "../../../http/access/declare.ts";
import { organizationScope } from "../../../http/access/enter.ts";
import { body, createRoute, createRouter, json, organizationParams, send } from "../../../http/router.ts";
import {
  changeSubscription,
  correctSubscription,
  getSubscription,
  IllegalTransition,
  Subscription,
  SubscriptionChanges,
  SubscriptionCorrection,
} from "./subscription.ts";
import { tags } from "../../../http/openapi/tags.ts";

export const routes = () =>
  createRouter({ name: "Subscription", description: "What an organization pays for." })
    .openapi(
      createRoute({
        ...allow("subscription:read"),
        method: "get",
        path: "/",
        summary: "Read the organization's subscription",
        description: "Its plan, its status and its period. An organization begins with a trial.",
        request: { params: organizationParams },
        responses: { 200: json(Subscription, "The subscription") },
        refusals: [],
      }),
      async (c) => send(c, Subscription, await getSubscription(c.var.scope), 200),
    )
    .openapi(
      createRoute({
        ...allow("subscription:update"),
        method: "patch",
        path: "/",
        summary: "Let the subscription end with its period, or renew",
        description: "409 `illegal_transition` once it has ended.",
        request: { params: organizationParams, body: body(SubscriptionChanges) },
        responses: { 200: json(Subscription, "The subscription as it is now") },
        refusals: [IllegalTransition],
      }),
      async (c) => send(c, Subscription, await changeSubscription(c.var.scope, c.req.valid("json")), 200),
    );

const params = z.object({ orgId: z.string().meta({ description: "The organization's id" }) });

export const adminRoutes = () =>
  createRouter(tags.administration)
    .openapi(
      createRoute({
        ...platformAdmin(),
        method: "get",
        path: "/",
        summary: "Read any organization's subscription",
        description: "For platform administrators, who need not be members.",
        request: { params },
        responses: { 200: json(Subscription, "The subscription") },
        refusals: [],
      }),
      async (c) => {
        const scope = organizationScope(c, c.var.auth.person, c.req.valid("param").orgId);
        return send(c, Subscription, await getSubscription(scope), 200);
      },
    )
    .openapi(
      createRoute({
        ...platformAdmin({ fresh: true }),
        method: "patch",
        path: "/",
        summary: "Change any organization's subscription",
        description:
          "Each status can be followed by: trialing by active, past_due or canceled; active by past_due or canceled; past_due by active or canceled; canceled by active.",
        request: { params, body: body(SubscriptionCorrection) },
        responses: { 200: json(Subscription, "The subscription as it is now") },
        refusals: [IllegalTransition],
      }),
      async (c) => {
        const scope = organizationScope(c, c.var.auth.person, c.req.valid("param").orgId);
        return send(c, Subscription, await correctSubscription(scope, c.req.valid("json")), 200);
      },
    );
