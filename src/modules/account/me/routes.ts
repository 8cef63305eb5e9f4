import { TwoFactorRequired } from "../../../core/assurance.ts";
import { z } from "zod";
import { PageQuery } from "../../../core/page.ts";
import { etag } from "../../../core/version.ts";
import { NotFound, notFound } from "../../../core/problem.ts";
import type { Catalogue } from "../../../core/access/permission.ts";
import type { Directory } from "../../../directory/directory.ts";
import type { StandingReader } from "../../../verify/load/effective.ts";
import { signedIn } from "../../../http/access/declare.ts";
import { NoActiveOrganization } from "../../../http/access/refuse.ts";
import { identityOf } from "../../../http/identity.ts";
import { answer, body, createRoute, createRouter, json, send } from "../../../http/router.ts";
import {
  AccountDeletion,
  deleteMe,
  Me,
  MeChanges,
  MembershipList,
  MeQuery,
  myOrganizations,
  OrganizationQuery,
  updateMe,
} from "./me.ts";
import { Effective, effectivePermissions, EffectiveQuery } from "./permissions.ts";
import { endOtherSessions, endSession, mySessions, SessionList } from "./sessions.ts";
import { WrongPassword } from "../../../directory/account.ts";
import { LastAdministrator, LastOwner } from "../../../directory/refusals.ts";
import { Impersonating } from "../../../http/access/caller.ts";
import { withHeaders } from "../../../http/openapi/headers.ts";
import { tags } from "../../../http/openapi/tags.ts";

export type Ports = { directory: Directory; catalogue: Catalogue; standing: StandingReader };

export const routes = ({ directory, catalogue, standing }: Ports) =>
  createRouter(tags.me)
    .openapi(
      createRoute({
        ...signedIn({ standing: "active" }),
        method: "get",
        path: "/",
        summary: "Who you are",
        description: "`organization` is the session's active one, null when none is.",
        request: { query: MeQuery },
        responses: { 200: json(Me, "You, and your roles and permissions in the active organization") },
        refusals: [],
      }),
      async (c) => {
        const { account, auth } = c.var;
        const me = identityOf(auth.person, auth.getOrg());
        if (c.req.valid("query").include === undefined) return send(c, Me, me, 200);
        const { data } = await myOrganizations(account, directory, auth.person.id, { limit: 100 });
        // The version of what PATCH changes, whatever comes along with it.
        return send(c, Me, { ...me, organizations: data }, 200, { ETag: etag(Me.parse(me)) });
      },
    )
    .openapi(
      createRoute({
        ...signedIn({ standing: "active" }),
        method: "patch",
        path: "/",
        summary: "Change your name or picture",
        description: "Fields that are left out stay as they are.",
        request: { body: body(MeChanges) },
        responses: { 200: json(Me, "You, as you are now") },
        refusals: [NotFound],
      }),
      async (c) => {
        const { account, auth } = c.var;
        return send(c, Me, await updateMe(account, directory, auth.person, auth.getOrg(), c.req.valid("json")), 200);
      },
    )
    .openapi(
      createRoute({
        ...signedIn({ fresh: true }),
        method: "delete",
        path: "/",
        summary: "Delete your account",
        description:
          "Takes the password again, where there is one. The only owner of an organization gets 409 `last_owner`. Not while impersonating.",
        request: { body: body(AccountDeletion) },
        responses: {
          204: withHeaders({ description: "The account is gone, with its sessions and memberships" }, "Set-Cookie"),
        },
        refusals: [Impersonating, WrongPassword, LastOwner, LastAdministrator, NotFound],
      }),
      async (c) => {
        const { account, auth } = c.var;
        const { password } = c.req.valid("json");
        const cookies = await deleteMe(account, directory, auth.person.id, c.req.raw, password);
        for (const cookie of cookies) c.header("Set-Cookie", cookie, { append: true });
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        ...signedIn(),
        method: "get",
        path: "/organizations",
        summary: "Your organizations, with your roles",
        description: "In the order in which you joined them.",
        request: { query: OrganizationQuery },
        responses: { 200: json(MembershipList, "A page of organizations") },
        refusals: [],
      }),
      async (c) => {
        const { account, auth } = c.var;
        const page = await myOrganizations(account, directory, auth.person.id, c.req.valid("query"));
        return send(c, MembershipList, page, 200);
      },
    )
    .openapi(
      createRoute({
        ...signedIn({ standing: "named" }),
        method: "get",
        path: "/permissions",
        summary: "What you may do in an organization",
        description: "With `explain=` also how one permission was decided: role, entry, module.",
        request: { query: EffectiveQuery },
        responses: { 200: json(Effective, "Your permissions there") },
        refusals: [NotFound, NoActiveOrganization, TwoFactorRequired],
        unversioned: true,
      }),
      async (c) => {
        const { org, explain } = c.req.valid("query");
        const access = c.var.auth.getOrg();
        if (access === null && org !== undefined && org !== "current") throw notFound();
        if (access === null) throw NoActiveOrganization("Activate an organization, or name one in `?org=`.");
        c.var.gate.requireSecondFactor(access);
        const ports = { catalogue, standing };
        return answer(c, Effective, await effectivePermissions(ports, c.var.auth.person.id, access, explain));
      },
    )
    .openapi(
      createRoute({
        ...signedIn(),
        method: "get",
        path: "/sessions",
        summary: "Your sessions",
        description: "Live ones, newest first, with what one recognizes them by. None shows its token or its address.",
        request: { query: PageQuery },
        responses: { 200: json(SessionList, "A page of live sessions") },
        refusals: [],
      }),
      async (c) => {
        const { account, auth } = c.var;
        return send(c, SessionList, await mySessions(account, directory, auth.person, c.req.valid("query")), 200);
      },
    )
    .openapi(
      createRoute({
        ...signedIn(),
        method: "delete",
        path: "/sessions/{id}",
        summary: "End one of your sessions",
        description:
          "Its cookie and its token are refused from then on. 404 for a session that isn't yours or has ended.",
        request: { params: z.object({ id: z.string().meta({ description: "The session's id" }) }) },
        responses: { 204: { description: "It is over" } },
        refusals: [],
      }),
      async (c) => {
        await endSession(c.var.account, directory, c.var.auth.person.id, c.req.valid("param").id);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        ...signedIn(),
        method: "delete",
        path: "/sessions",
        summary: "End all of your other sessions",
        description: "Signs you out everywhere but here.",
        responses: { 204: { description: "Only this request's session is left" } },
        refusals: [],
      }),
      async (c) => {
        await endOtherSessions(c.var.account, directory, c.var.auth.person);
        return c.body(null, 204);
      },
    );
