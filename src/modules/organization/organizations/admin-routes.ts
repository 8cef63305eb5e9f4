import { z } from "zod";
import { likePattern, listPage, pageQuery } from "../../../core/page.ts";
import type { Directory } from "../../../directory/directory.ts";
import { platformAdmin } from "../../../http/access/declare.ts";
import { organizationScope } from "../../../http/access/enter.ts";
import { tags } from "../../../http/openapi/tags.ts";
import { createRoute, createRouter, json, send } from "../../../http/router.ts";
import { list } from "../../../http/schemas.ts";
import { getOrganization, Organization } from "./organizations.ts";

export const OrganizationSummary = Organization.pick({ id: true, name: true, slug: true, logo: true, createdAt: true })
  .extend({ members: z.int().meta({ description: "How many people are in it" }) })
  .meta({ id: "OrganizationSummary" });
export type OrganizationSummary = z.infer<typeof OrganizationSummary>;
const OrganizationList = list(OrganizationSummary, "OrganizationList");

const OrganizationQuery = z.object({
  ...pageQuery,
  q: z.string().trim().min(1).max(120).optional().meta({ description: "A part of the name or slug" }),
});

export const adminRoutes = ({ directory }: { directory: Directory }) =>
  createRouter(tags.administration)
    .openapi(
      createRoute({
        ...platformAdmin(),
        method: "get",
        path: "/",
        summary: "List organizations",
        description: "All there are, newest first.",
        request: { query: OrganizationQuery },
        responses: { 200: json(OrganizationList, "A page of organizations, newest first") },
        refusals: [],
      }),
      async (c) => {
        const { q, ...query } = c.req.valid("query");
        const { after, limit, cut } = listPage(c.var.account.cursors, "admin:all-organizations", query);
        const pattern = q === undefined ? null : likePattern(q);
        const rows = await directory.listOrganizations(pattern, { after: after?.[0] ?? null, limit });
        return send(
          c,
          OrganizationList,
          cut(rows, ({ id }) => [id]),
          200,
        );
      },
    )
    .openapi(
      createRoute({
        ...platformAdmin(),
        method: "get",
        path: "/{orgId}",
        summary: "Read any organization",
        description: "For platform administrators, who need not be members.",
        request: { params: z.object({ orgId: z.string().meta({ description: "The organization's id" }) }) },
        responses: { 200: json(Organization, "The organization") },
        refusals: [],
      }),
      async (c) => {
        const scope = organizationScope(c, c.var.auth.person, c.req.valid("param").orgId);
        return send(c, Organization, await getOrganization(scope), 200);
      },
    );
