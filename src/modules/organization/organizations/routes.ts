import { FreshSignInRequired, twoFactorRequired } from "../../../core/assurance.ts";
import type { UserPrincipal } from "../../../core/principal.ts";
import type { RecordAudit } from "../../../core/scope.ts";
import type { Logger } from "../../../ops/log.ts";
import type { Catalogue } from "../../../core/access/permission.ts";
import { allow, signedIn } from "../../../http/access/declare.ts";
import { PersonRequired } from "../../../http/access/caller.ts";
import { organizationScope } from "../../../http/access/enter.ts";
import type { Directory } from "../../../directory/directory.ts";
import type { Provisioner } from "../../../http/module.ts";
import { body, createRoute, createRouter, json, organizationParams, send, sendNew } from "../../../http/router.ts";
import { activate } from "../members/index.ts";
import { AccountRequired, createOrganization, NewOrganization } from "./create.ts";
import {
  deleteOrganization,
  getOrganization,
  Organization,
  OrganizationChanges,
  SlugTaken,
  updateOrganization,
} from "./organizations.ts";
import { grantor, RoleBeyondYours } from "../roles/index.ts";

export type Ports = {
  config: { server: { baseUrl: string } };
  catalogue: Catalogue;
  directory: Directory;
  log: Logger;
  recordAudit: RecordAudit;
  provision: Pick<Provisioner, "organization">;
};

export const routes = (ports: Ports) =>
  createRouter({
    name: "Organizations",
    description: "What people work in together. Everything under one belongs to it alone.",
  })
    .openapi(
      createRoute({
        ...signedIn(),
        method: "post",
        path: "/",
        summary: "Create an organization",
        description: "You become its owner, and it becomes your session's active organization.",
        request: { body: body(NewOrganization) },
        responses: { 201: json(Organization, "The new organization") },
        refusals: [SlugTaken, AccountRequired],
      }),
      async (c) => {
        const { origin } = c.var;
        const { person } = c.var.auth;
        const scope = organizationScope(c, person, Bun.randomUUIDv7());
        const { recordAudit, provision } = ports;
        const by = { userId: person.id, recordAudit, origin, provision: provision.organization };
        const row = await createOrganization(scope, c.req.valid("json"), by);
        await activate(ports, c.req.raw.headers, row.id);
        return sendNew(c, Organization, row);
      },
    )
    .openapi(
      createRoute({
        ...allow("organization:read"),
        method: "get",
        path: "/{org}",
        summary: "Read an organization",
        description: "By its id, its slug, or as `current`.",
        request: { params: organizationParams },
        responses: { 200: json(Organization, "The organization") },
        refusals: [],
      }),
      async (c) => send(c, Organization, await getOrganization(c.var.scope), 200),
    )
    .openapi(
      createRoute({
        ...allow("organization:update"),
        method: "patch",
        path: "/{org}",
        summary: "Change an organization",
        description:
          "Fields that are left out stay as they are. The old slug names nothing from then on. Who requires a second factor does so in a session that has passed one.",
        request: { params: organizationParams, body: body(OrganizationChanges) },
        responses: { 200: json(Organization, "The organization as it is now") },
        refusals: [SlugTaken, RoleBeyondYours, FreshSignInRequired, PersonRequired],
      }),
      async (c) => {
        const by = { ...grantor(c), catalogue: ports.catalogue };
        const { settings } = c.req.valid("json");
        if (settings?.["requireTwoFactor"] === true) refuseLockingOut(c.var.auth.person, ports.config.server.baseUrl);
        return send(c, Organization, await updateOrganization(c.var.scope, by, c.req.valid("json")), 200);
      },
    )
    .openapi(
      createRoute({
        ...allow("organization:delete", { fresh: true }),
        method: "delete",
        path: "/{org}",
        summary: "Delete an organization",
        description: "Deletes its members, invitations, keys and resources with it. This can't be undone.",
        request: { params: organizationParams },
        responses: { 204: { description: "It is deleted" } },
        refusals: [],
      }),
      async (c) => {
        await deleteOrganization(c.var.scope);
        return c.body(null, 204);
      },
    );

/** @throws 403 for a session of one factor: nobody locks themselves out. */
function refuseLockingOut({ factors }: UserPrincipal, baseUrl: string): void {
  if (factors < 2) throw twoFactorRequired(baseUrl);
}
