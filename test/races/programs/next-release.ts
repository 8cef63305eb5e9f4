/**
 * The release after this one: projects have a label, which a backfill makes for those that are there. NEXT_MIGRATIONS
 * names the folder of its migrations.
 */
import { count, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { allow } from "../../../src/http/access/declare.ts";
import type { Module } from "../../../src/http/module.ts";
import { createRoute, createRouter, json, organizationParams, send } from "../../../src/http/router.ts";
import { modules } from "../../../src/modules.ts";
import { project } from "../../../src/schema.ts";
import { start } from "../../../src/server.ts";

const Labels = z.object({ projects: z.int(), labelled: z.int() }).meta({ id: "Labels" });

const list = createRoute({
  ...allow("label:read"),
  method: "get",
  path: "/",
  summary: "How many projects have a label",
  description: "Counts the organization's projects.",
  request: { params: organizationParams },
  responses: { 200: json(Labels, "The numbers") },
  refusals: [],
});

const labels: Module = {
  name: "labels",
  permissions: ["label:read"],
  grants: { admin: ["label:read"] },
  mounts: {
    "/orgs/{org}/labels": () =>
      createRouter({ name: "Labels", description: "What projects are called in short." }).openapi(list, async (c) => {
        const { db, organizationId } = c.var.scope;
        const labelled = sql<number>`count(label)::int`;
        const chosen = db.select({ projects: count(), labelled }).from(project);
        const [numbers] = await chosen.where(eq(project.organizationId, organizationId));
        return send(c, Labels, numbers ?? { projects: 0, labelled: 0 }, 200);
      }),
  },
};

await start({
  modules: [...modules, labels],
  migrations: { folder: process.env["NEXT_MIGRATIONS"] ?? "" },
  backfills: [
    {
      name: "project_label",
      table: "project",
      key: { column: "id", type: "uuid" },
      set: "label = upper(name)",
      where: "label is null",
    },
  ],
});
