import type { Context } from "hono";
import { z } from "zod";
import type { Directory } from "../../../directory/directory.ts";
import type { Catalogue } from "../../../core/access/permission.ts";
import { organizationSelector } from "../../../core/principal.ts";
import { notFound } from "../../../core/problem.ts";
import { allow, platformAdmin, signedIn } from "../../../http/access/declare.ts";
import { organizationScope } from "../../../http/access/enter.ts";
import { NoActiveOrganization } from "../../../http/access/refuse.ts";
import type { Env } from "../../../http/env.ts";
import { answer, body, createRoute, createRouter, json, organizationParams, send } from "../../../http/router.ts";
import {
  EntitlementChanges,
  Entitlements,
  listEntitlements,
  ModuleList,
  modulesOf,
  replaceEntitlements,
} from "./entitlements.ts";
import { tags } from "../../../http/openapi/tags.ts";

const tag = { name: "Entitlements", description: "Which modules an organization may use." };

export type Ports = { directory: Directory; catalogue: Catalogue };

export const routes = ({ directory, catalogue }: Ports) =>
  createRouter(tag)
    .openapi(
      createRoute({
        ...allow("entitlement:read"),
        method: "get",
        path: "/",
        summary: "List the organization's modules",
        description: "Standard modules are granted to everybody; the others by a platform administrator.",
        request: { params: organizationParams },
        responses: { 200: json(Entitlements, "Every module, and whether it is granted") },
        refusals: [],
      }),
      async (c) => send(c, Entitlements, await listEntitlements(c.var.scope, catalogue), 200),
    )
    .openapi(
      createRoute({
        ...platformAdmin({ fresh: true }),
        method: "put",
        path: "/",
        summary: "Grant an organization exactly these modules",
        description: "For platform administrators, who need not be members.",
        request: { params: organizationParams, body: body(EntitlementChanges) },
        responses: { 200: json(Entitlements, "Every module, and whether it is granted now") },
        refusals: [],
      }),
      async (c) => {
        const scope = await anyOrganization(c, directory, c.req.valid("param").org);
        return send(c, Entitlements, await replaceEntitlements(scope, catalogue, c.req.valid("json")), 200);
      },
    );

export const adminRoutes = ({ directory, catalogue }: Ports) =>
  createRouter(tags.administration).openapi(
    createRoute({
      ...platformAdmin(),
      method: "get",
      path: "/",
      summary: "List the modules of any organization",
      description: "For platform administrators, who need not be members.",
      request: { params: z.object({ orgId: z.string().meta({ description: "The organization's id" }) }) },
      responses: { 200: json(Entitlements, "Every module, and whether it is granted") },
      refusals: [],
    }),
    async (c) => {
      const scope = await anyOrganization(c, directory, c.req.valid("param").orgId);
      return send(c, Entitlements, await listEntitlements(scope, catalogue), 200);
    },
  );

export const catalogueRoutes = ({ catalogue }: Ports) =>
  createRouter(tag).openapi(
    createRoute({
      ...signedIn(),
      method: "get",
      path: "/",
      summary: "List all modules",
      description: "What the service has, whatever your organizations are granted.",
      responses: { 200: json(ModuleList, "The modules, with their tiers and permissions") },
      refusals: [],
      unversioned: true,
    }),
    (c) => answer(c, ModuleList, modulesOf(catalogue)),
  );

/** The scope of an organization that a platform administrator names, member of it or not. @throws 404. */
async function anyOrganization(c: Context<Env>, directory: Directory, text: string) {
  const selector = organizationSelector(text);
  if (selector?.by === "current" && c.var.auth.person.activeOrganizationId === null)
    throw NoActiveOrganization("Activate an organization, or name one in the path by its id or slug.");
  const id =
    selector?.by === "current"
      ? c.var.auth.person.activeOrganizationId
      : ((selector && (await directory.findOrganization(selector))?.id) ?? null);
  if (id === null) throw notFound();
  return organizationScope(c, c.var.auth.person, id);
}
