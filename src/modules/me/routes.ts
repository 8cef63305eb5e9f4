import type { Context } from "hono";
import { z } from "zod";
import { deleteAccount } from "../../auth/account.ts";
import { notFound } from "../../core/problem.ts";
import { NoActiveOrganization, signedIn } from "../../http/access.ts";
import type { Env } from "../../http/env.ts";
import { identityOf } from "../../http/identity.ts";
import { body, checkMatch, createRoute, createRouter, json, problems, send } from "../../http/router.ts";
import {
  Effective,
  effectivePermissions,
  EffectiveQuery,
  endOtherSessions,
  endSession,
  Me,
  MeChanges,
  MembershipList,
  MeQuery,
  myOrganizations,
  mySessions,
  PageQuery,
  type Ports,
  SessionList,
  updateMe,
} from "./me.ts";

const tags = ["Me"];

const read = createRoute({
  ...signedIn({ standing: "active" }),
  method: "get",
  path: "/",
  summary: "Who you are",
  description: "`organization` is the session's active one, null when none is.",
  tags,
  request: { query: MeQuery },
  responses: { ...problems, 200: json(Me, "You, and your standing in the active organization") },
});

const update = createRoute({
  ...signedIn({ standing: "active" }),
  method: "patch",
  path: "/",
  summary: "Change your name or picture",
  tags,
  request: { body: body(MeChanges) },
  responses: { ...problems, 200: json(Me, "You, as you are now") },
});

const remove = createRoute({
  ...signedIn(),
  method: "delete",
  path: "/",
  summary: "Delete your account",
  description:
    "Takes the password again; an account without one needs a session of the last 24 hours. The only owner of an organization gets 409 `last_owner`.",
  tags,
  request: { body: body(z.object({ password: z.string().max(128).optional() }).meta({ id: "AccountDeletion" })) },
  responses: { ...problems, 204: { description: "The account is gone, with its sessions and memberships" } },
});

const organizations = createRoute({
  ...signedIn(),
  method: "get",
  path: "/organizations",
  summary: "Your organizations, with your roles",
  tags,
  request: { query: PageQuery },
  responses: { ...problems, 200: json(MembershipList, "A page of organizations") },
});

const permissions = createRoute({
  ...signedIn({ standing: "named" }),
  method: "get",
  path: "/permissions",
  summary: "What you may do in an organization",
  description: "With `explain=` also how one permission was decided: role, entry, module.",
  tags,
  request: { query: EffectiveQuery },
  responses: { ...problems, 200: json(Effective, "Your permissions there") },
});

const sessions = createRoute({
  ...signedIn(),
  method: "get",
  path: "/sessions",
  summary: "Your sessions",
  tags,
  request: { query: PageQuery },
  responses: { ...problems, 200: json(SessionList, "A page of live sessions") },
});

const revoke = createRoute({
  ...signedIn(),
  method: "delete",
  path: "/sessions/{id}",
  summary: "End one of your sessions",
  tags,
  request: { params: z.object({ id: z.string() }) },
  responses: { ...problems, 204: { description: "It is over" } },
});

const revokeOthers = createRoute({
  ...signedIn(),
  method: "delete",
  path: "/sessions",
  summary: "End all of your other sessions",
  tags,
  responses: { ...problems, 204: { description: "Only the session that asked is left" } },
});

const as = (c: Context<Env>) => ({ actor: c.var.account.actor, origin: c.var.origin });

export const routes = (ports: Ports) =>
  createRouter()
    .openapi(read, async (c) => {
      const { principal, standing, gate } = c.var;
      const shown = identityOf(principal, standing);
      if (c.req.valid("query").include === undefined) return send(c, Me, shown, 200);
      const { data } = await myOrganizations(ports, principal.id, { limit: 100 }, gate.cursors);
      return send(c, Me, { ...shown, organizations: data }, 200);
    })
    .openapi(update, async (c) => {
      const { principal, standing, account } = c.var;
      checkMatch(c.req.header("if-match"), Me, identityOf(principal, standing));
      const changed = await updateMe(ports, as(c), principal, c.req.valid("json"), account.now());
      return send(c, Me, identityOf(changed, standing), 200);
    })
    .openapi(remove, async (c) => {
      const { password } = c.req.valid("json");
      const cookies = await deleteAccount(ports.auth, as(c), c.var.principal.id, c.req.raw.headers, password);
      for (const cookie of cookies) c.header("Set-Cookie", cookie, { append: true });
      return c.body(null, 204);
    })
    .openapi(organizations, async (c) =>
      send(
        c,
        MembershipList,
        await myOrganizations(ports, c.var.principal.id, c.req.valid("query"), c.var.gate.cursors),
        200,
      ),
    )
    .openapi(permissions, async (c) => {
      const { org, explain } = c.req.valid("query");
      const { principal, standing } = c.var;
      if (standing === null && org !== undefined && org !== "current") throw notFound();
      if (standing === null) throw NoActiveOrganization("Activate an organization, or name one in `?org=`.");
      return send(c, Effective, await effectivePermissions(ports, principal.id, standing, explain), 200);
    })
    .openapi(sessions, async (c) => {
      const { principal, account, gate } = c.var;
      const shown = await mySessions(ports, principal, account.now(), c.req.valid("query"), gate.cursors);
      return send(c, SessionList, shown, 200);
    })
    .openapi(revoke, async (c) => {
      await endSession(ports, as(c), c.var.principal.id, c.req.valid("param").id);
      return c.body(null, 204);
    })
    .openapi(revokeOthers, async (c) => {
      await endOtherSessions(ports, as(c), c.var.principal);
      return c.body(null, 204);
    });
