import type { Context } from "hono";
import { z } from "zod";
import { impersonate } from "../../auth/administration.ts";
import { platformAdmin } from "../../http/access.ts";
import type { Env } from "../../http/env.ts";
import { pageQuery } from "../../http/pagination.ts";
import { body, createRoute, createRouter, json, problems, send } from "../../http/router.ts";
import { MembershipList, SessionList } from "../me/index.ts";
import { getUser, User } from "./admin.ts";
import {
  Ban,
  ban,
  type Case,
  endUserSessions,
  Impersonation,
  PlatformRole,
  type Ports,
  remove,
  setRole,
  unban,
  userOrganizations,
  userSessions,
} from "./users.ts";

const tags = ["Administration"];
const params = z.object({ id: z.string() });
const query = z.object(pageQuery);

const banning = createRoute({
  ...platformAdmin(),
  method: "post",
  path: "/users/{id}/ban",
  summary: "Ban a user",
  description: "Ends their sessions; keys that hang on them are refused meanwhile.",
  tags,
  request: { params, body: body(Ban) },
  responses: { ...problems, 200: json(User, "The user, banned") },
});

const unbanning = createRoute({
  ...platformAdmin(),
  method: "post",
  path: "/users/{id}/unban",
  summary: "Lift a user's ban",
  tags,
  request: { params },
  responses: { ...problems, 200: json(User, "The user, who may sign in again") },
});

const role = createRoute({
  ...platformAdmin(),
  method: "put",
  path: "/users/{id}/role",
  summary: "Make a user a platform administrator, or no longer",
  description: "Not oneself, and never the last one.",
  tags,
  request: { params, body: body(PlatformRole) },
  responses: { ...problems, 200: json(User, "The user as they are now") },
});

const impersonation = createRoute({
  ...platformAdmin(),
  method: "post",
  path: "/users/{id}/impersonate",
  summary: "Act as a user",
  description:
    "Opens a session of theirs for an hour, in Set-Cookie and in set-auth-token; every audit event names the administrator as well. `POST /api/auth/admin/stop-impersonating` ends it.",
  tags,
  request: { params },
  responses: { ...problems, 200: json(Impersonation, "Whose session it is, and when it ends") },
});

const sessions = createRoute({
  ...platformAdmin(),
  method: "get",
  path: "/users/{id}/sessions",
  summary: "A user's sessions",
  tags,
  request: { params, query },
  responses: { ...problems, 200: json(SessionList, "A page of live sessions, newest first") },
});

const signingOut = createRoute({
  ...platformAdmin(),
  method: "delete",
  path: "/users/{id}/sessions",
  summary: "End all of a user's sessions",
  tags,
  request: { params },
  responses: { ...problems, 204: { description: "They are over" } },
});

const organizations = createRoute({
  ...platformAdmin(),
  method: "get",
  path: "/users/{id}/organizations",
  summary: "A user's organizations, with their roles",
  tags,
  request: { params, query },
  responses: { ...problems, 200: json(MembershipList, "A page of organizations") },
});

const deletion = createRoute({
  ...platformAdmin(),
  method: "delete",
  path: "/users/{id}",
  summary: "Delete a user",
  tags,
  request: { params },
  responses: { ...problems, 204: { description: "They are gone, with their sessions and memberships" } },
});

export const userRoutes = (ports: Ports) => {
  const about = (c: Context<Env>, { id }: z.infer<typeof params>): Case => {
    const { account, origin, principal } = c.var;
    return { ports, as: { actor: account.actor, origin }, administrator: principal, id, now: account.now() };
  };
  return createRouter()
    .openapi(banning, async (c) => send(c, User, await ban(about(c, c.req.valid("param")), c.req.valid("json")), 200))
    .openapi(unbanning, async (c) => send(c, User, await unban(about(c, c.req.valid("param"))), 200))
    .openapi(role, async (c) => {
      const row = await setRole(about(c, c.req.valid("param")), c.req.valid("json"), c.req.header("if-match"));
      return send(c, User, row, 200);
    })
    .openapi(impersonation, async (c) => {
      const { as, id } = about(c, c.req.valid("param"));
      const user = await getUser(ports.database, id);
      const { headers, expiresAt } = await impersonate(ports.auth, as, id, c.req.raw.headers);
      for (const cookie of headers.getSetCookie()) c.header("Set-Cookie", cookie, { append: true });
      const token = headers.get("set-auth-token");
      return send(c, Impersonation, { user, expiresAt }, 200, token === null ? {} : { "set-auth-token": token });
    })
    .openapi(sessions, async (c) => {
      const of = about(c, c.req.valid("param"));
      return send(c, SessionList, await userSessions(of, c.req.valid("query"), c.var.gate.cursors), 200);
    })
    .openapi(signingOut, async (c) => {
      await endUserSessions(about(c, c.req.valid("param")));
      return c.body(null, 204);
    })
    .openapi(organizations, async (c) => {
      const of = about(c, c.req.valid("param"));
      return send(c, MembershipList, await userOrganizations(of, c.req.valid("query"), c.var.gate.cursors), 200);
    })
    .openapi(deletion, async (c) => {
      await remove(about(c, c.req.valid("param")), c.req.header("if-match"));
      return c.body(null, 204);
    });
};
