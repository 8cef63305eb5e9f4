import type { Auth } from "../../auth/auth.ts";
import type { RecordAudit } from "../../core/audit.ts";
import type { Logger } from "../../core/log.ts";
import type { Catalogue } from "../../core/permission.ts";
import { allow, organizationScope, signedIn } from "../../http/access.ts";
import { body, createRoute, createRouter, json, organizationParams, problems, send } from "../../http/router.ts";
import { activate } from "../members/index.ts";
import { createOrganization, NewOrganization } from "./found.ts";
import {
  deleteOrganization,
  getOrganization,
  Organization,
  OrganizationChanges,
  updateOrganization,
} from "./organizations.ts";

const tags = ["Organizations"];

const create = createRoute({
  ...signedIn(),
  method: "post",
  path: "/",
  summary: "Create an organization",
  description: "Who creates it owns it, and it becomes the session's active organization.",
  tags,
  request: { body: body(NewOrganization) },
  responses: { ...problems, 201: json(Organization, "The new organization") },
});

const read = createRoute({
  ...allow("organization:read"),
  method: "get",
  path: "/{org}",
  summary: "Read an organization",
  tags,
  request: { params: organizationParams },
  responses: { ...problems, 200: json(Organization, "The organization") },
});

const update = createRoute({
  ...allow("organization:update"),
  method: "patch",
  path: "/{org}",
  summary: "Change an organization",
  tags,
  request: { params: organizationParams, body: body(OrganizationChanges) },
  responses: { ...problems, 200: json(Organization, "The organization as it is now") },
});

const remove = createRoute({
  ...allow("organization:delete"),
  method: "delete",
  path: "/{org}",
  summary: "Delete an organization",
  description: "Its members, invitations, keys and resources go with it, at once and for good.",
  tags,
  request: { params: organizationParams },
  responses: { ...problems, 204: { description: "It is gone" } },
});

type Ports = {
  auth: Auth;
  catalogue: Catalogue;
  log: Logger;
  recordAudit: RecordAudit;
  config: { TRIAL_DAYS: number };
};

export const routes = (ports: Ports) =>
  createRouter()
    .openapi(create, async (c) => {
      const { origin, principal } = c.var;
      const scope = organizationScope(c, principal, Bun.randomUUIDv7());
      const { recordAudit, config } = ports;
      const by = { userId: principal.id, recordAudit, origin, trialDays: config.TRIAL_DAYS };
      const row = await createOrganization(scope, c.req.valid("json"), by);
      await activate(ports, c.req.raw.headers, row.id);
      return send(c, Organization, row, 201, { Location: `/v1/orgs/${row.id}` });
    })
    .openapi(read, async (c) => send(c, Organization, await getOrganization(c.var.scope), 200))
    .openapi(update, async (c) => {
      const by = { access: c.var.organization, catalogue: ports.catalogue };
      const row = await updateOrganization(c.var.scope, by, c.req.valid("json"), c.req.header("if-match"));
      return send(c, Organization, row, 200);
    })
    .openapi(remove, async (c) => {
      await deleteOrganization(c.var.scope, c.req.header("if-match"));
      return c.body(null, 204);
    });
