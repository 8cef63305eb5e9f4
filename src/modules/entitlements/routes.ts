import type { Context } from "hono";
import { z } from "zod";
import { findOrganization } from "../../auth/organizations.ts";
import type { Catalogue } from "../../core/permission.ts";
import { organizationSelector } from "../../core/principal.ts";
import { notFound } from "../../core/problem.ts";
import type { Database } from "../../db/client.ts";
import { allow, NoActiveOrganization, organizationScope, platformAdmin, signedIn } from "../../http/access.ts";
import type { Env } from "../../http/env.ts";
import { body, createRoute, createRouter, json, organizationParams, problems, send } from "../../http/router.ts";
import {
  EntitlementChanges,
  Entitlements,
  listEntitlements,
  ModuleList,
  modulesOf,
  replaceEntitlements,
} from "./entitlements.ts";

export type Ports = { database: Database; catalogue: Catalogue };

const read = createRoute({
  ...allow("entitlement:read"),
  method: "get",
  path: "/",
  summary: "Which modules the organization has",
  tags: ["Entitlements"],
  request: { params: organizationParams },
  responses: { ...problems, 200: json(Entitlements, "Every module, and whether it is granted") },
});

const replace = createRoute({
  ...platformAdmin(),
  method: "put",
  path: "/",
  summary: "Grant an organization exactly these modules",
  description: "By platform administrators, who needn't be members.",
  tags: ["Entitlements"],
  request: { params: organizationParams, body: body(EntitlementChanges) },
  responses: { ...problems, 200: json(Entitlements, "Every module, and whether it is granted now") },
});

export const routes = ({ database, catalogue }: Ports) =>
  createRouter()
    .openapi(read, async (c) => send(c, Entitlements, await listEntitlements(c.var.scope, catalogue), 200))
    .openapi(replace, async (c) => {
      const scope = await anyOrganization(c, database, c.req.valid("param").org);
      const shown = await replaceEntitlements(scope, catalogue, c.req.valid("json"), c.req.header("if-match"));
      return send(c, Entitlements, shown, 200);
    });

const params = z.object({ orgId: z.string().meta({ description: "The organization's id" }) });

const inspect = createRoute({
  ...platformAdmin(),
  method: "get",
  path: "/",
  summary: "Which modules any organization has",
  tags: ["Administration"],
  request: { params },
  responses: { ...problems, 200: json(Entitlements, "Every module, and whether it is granted") },
});

export const adminRoutes = ({ database, catalogue }: Ports) =>
  createRouter().openapi(inspect, async (c) => {
    const scope = await anyOrganization(c, database, c.req.valid("param").orgId);
    return send(c, Entitlements, await listEntitlements(scope, catalogue), 200);
  });

const index = createRoute({
  ...signedIn(),
  method: "get",
  path: "/",
  summary: "Which modules there are",
  tags: ["Entitlements"],
  responses: { ...problems, 200: json(ModuleList, "The modules, with their tiers and permissions") },
});

export const catalogueRoutes = ({ catalogue }: Ports) =>
  createRouter().openapi(index, (c) => send(c, ModuleList, modulesOf(catalogue), 200));

/** The scope of an organization that a platform administrator names, member of it or not. @throws 404. */
async function anyOrganization(c: Context<Env>, database: Database, text: string) {
  const selector = organizationSelector(text);
  if (selector?.by === "current" && c.var.principal.activeOrganizationId === null)
    throw NoActiveOrganization("Activate an organization, or name one in the path by its id or slug.");
  const named = selector?.by === "id" || selector?.by === "slug" ? await findOrganization(database, selector) : null;
  const id = selector?.by === "current" ? c.var.principal.activeOrganizationId : named;
  if (id === null) throw notFound();
  return organizationScope(c, c.var.principal, id);
}
