import { z } from "zod";
import { PageQuery } from "../../../core/page.ts";
import type { Directory } from "../../../directory/directory.ts";
import { platformAdmin } from "../../../http/access/declare.ts";
import { answer, body, createRoute, createRouter, json, send } from "../../../http/router.ts";
import { MembershipList, mySignInMethods, type Offered, SessionList, SignInMethods } from "../../account/me/index.ts";
import { Ban, Impersonation, PlatformRole, User, UserList, UserQuery } from "./schemas.ts";
import {
  ban,
  OwnAccount,
  endUserSessions,
  getUser,
  remove,
  searchUsers,
  setRole,
  unban,
  userOrganizations,
  userSessions,
} from "./users.ts";
import { PreconditionFailed } from "../../../core/problem.ts";
import { AdministratorProtected, UserBanned } from "../../../directory/admin-actions.ts";
import { LastAdministrator, LastOwner } from "../../../directory/refusals.ts";
import { withHeaders } from "../../../http/openapi/headers.ts";
import { tags } from "../../../http/openapi/tags.ts";
const params = z.object({ id: z.string().meta({ description: "The user's id" }) });

export type Ports = { directory: Directory; config: { signIn: Offered } };

export const routes = ({ directory, config }: Ports) =>
  createRouter(tags.administration)
    .openapi(
      createRoute({
        ...platformAdmin(),
        method: "get",
        path: "/",
        summary: "List users",
        description:
          "Newest first. `q`, `banned` and `role` go together. With `email`, the one that has the address; with `provider` and `accountId`, the one who signs in by that account.",
        request: { query: UserQuery },
        responses: { 200: json(UserList, "A page of users, newest first") },
        refusals: [],
      }),
      async (c) => send(c, UserList, await searchUsers(c.var.account, directory, c.req.valid("query")), 200),
    )
    .openapi(
      createRoute({
        ...platformAdmin(),
        method: "get",
        path: "/{id}",
        summary: "Read a user",
        description: "404 for an id that nobody has.",
        request: { params },
        responses: { 200: json(User, "The user") },
        refusals: [],
      }),
      async (c) => send(c, User, await getUser(directory, c.req.valid("param").id), 200),
    )
    .openapi(
      createRoute({
        ...platformAdmin({ fresh: true }),
        method: "post",
        path: "/{id}/ban",
        summary: "Ban a user",
        description: "Ends their sessions. API keys that they created are refused while the ban lasts.",
        request: { params, body: body(Ban) },
        responses: { 200: json(User, "The user, banned") },
        refusals: [OwnAccount, LastAdministrator, PreconditionFailed],
      }),
      async (c) => {
        const { id } = c.req.valid("param");
        return send(c, User, await ban(c.var.account, directory, id, c.req.valid("json")), 200);
      },
    )
    .openapi(
      createRoute({
        ...platformAdmin({ fresh: true }),
        method: "post",
        path: "/{id}/unban",
        summary: "Lift a user's ban",
        description: "Sessions that the ban ended don't come back.",
        request: { params },
        responses: { 200: json(User, "The user, who may sign in again") },
        refusals: [PreconditionFailed],
      }),
      async (c) => send(c, User, await unban(c.var.account, directory, c.req.valid("param").id), 200),
    )
    .openapi(
      createRoute({
        ...platformAdmin({ fresh: true }),
        method: "put",
        path: "/{id}/role",
        summary: "Make a user a platform administrator, or no longer",
        description: "Not oneself, and never the last one.",
        request: { params, body: body(PlatformRole) },
        responses: { 200: json(User, "The user as they are now") },
        refusals: [OwnAccount, LastAdministrator],
      }),
      async (c) => {
        const { id } = c.req.valid("param");
        return send(c, User, await setRole(c.var.account, directory, id, c.req.valid("json")), 200);
      },
    )
    .openapi(
      createRoute({
        ...platformAdmin({ fresh: true }),
        method: "post",
        path: "/{id}/impersonate",
        summary: "Act as a user",
        description:
          "Opens a session of theirs for an hour, in Set-Cookie and in set-auth-token; every audit event names the administrator as well. `POST /api/auth/admin/stop-impersonating` ends it.",
        request: { params },
        responses: {
          200: withHeaders(
            json(Impersonation, "Whose session it is, and when it ends"),
            "Set-Cookie",
            "set-auth-token",
          ),
        },
        refusals: [AdministratorProtected, UserBanned],
        unversioned: true,
      }),
      async (c) => {
        const user = await getUser(directory, c.req.valid("param").id);
        const { headers, expiresAt } = await directory.impersonate(c.var.account, user.id, c.req.raw.headers);
        for (const cookie of headers.getSetCookie()) c.header("Set-Cookie", cookie, { append: true });
        const token = headers.get("set-auth-token");
        return answer(c, Impersonation, { user, expiresAt }, 200, token === null ? {} : { "set-auth-token": token });
      },
    )
    .openapi(
      createRoute({
        ...platformAdmin(),
        method: "get",
        path: "/{id}/sessions",
        summary: "A user's sessions",
        description: "Live ones, newest first. None shows its token.",
        request: { params, query: PageQuery },
        responses: { 200: json(SessionList, "A page of live sessions, newest first") },
        refusals: [],
      }),
      async (c) => {
        const { account, auth } = c.var;
        const { id } = c.req.valid("param");
        const page = await userSessions(account, directory, id, auth.person, c.req.valid("query"));
        return send(c, SessionList, page, 200);
      },
    )
    .openapi(
      createRoute({
        ...platformAdmin({ fresh: true }),
        method: "delete",
        path: "/{id}/sessions",
        summary: "End all of a user's sessions",
        description: "They have to sign in again. Their API keys aren't sessions and go on.",
        request: { params },
        responses: { 204: { description: "They are over" } },
        refusals: [],
      }),
      async (c) => {
        await endUserSessions(c.var.account, directory, c.req.valid("param").id);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        ...platformAdmin(),
        method: "get",
        path: "/{id}/organizations",
        summary: "A user's organizations, with their roles",
        description: "In the order in which they joined them.",
        request: { params, query: PageQuery },
        responses: { 200: json(MembershipList, "A page of organizations") },
        refusals: [],
      }),
      async (c) => {
        const { id } = c.req.valid("param");
        return send(
          c,
          MembershipList,
          await userOrganizations(c.var.account, directory, id, c.req.valid("query")),
          200,
        );
      },
    )
    .openapi(
      createRoute({
        ...platformAdmin(),
        method: "get",
        path: "/{id}/sign-in-methods",
        summary: "How a user signs in",
        description: "Password, providers, passkeys and the second factor. It shows no secret.",
        request: { params },
        responses: { 200: json(SignInMethods, "Their ways to sign in") },
        refusals: [],
        unversioned: true,
      }),
      async (c) => {
        const { id } = await getUser(directory, c.req.valid("param").id);
        return answer(c, SignInMethods, await mySignInMethods(directory, config.signIn, id));
      },
    )
    .openapi(
      createRoute({
        ...platformAdmin({ fresh: true }),
        method: "delete",
        path: "/{id}",
        summary: "Delete a user",
        description:
          "With their sessions and memberships. Not oneself, not the last administrator, and nobody who is an organization's only owner.",
        request: { params },
        responses: { 204: { description: "They are gone, with their sessions and memberships" } },
        refusals: [OwnAccount, LastAdministrator, LastOwner],
      }),
      async (c) => {
        await remove(c.var.account, directory, c.req.valid("param").id);
        return c.body(null, 204);
      },
    );
