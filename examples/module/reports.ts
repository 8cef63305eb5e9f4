import { and, count, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { allow } from "../../src/http/access/declare.ts";
import type { Module } from "../../src/http/module.ts";
import { createRoute, createRouter, json, organizationParams, send } from "../../src/http/router.ts";
import { task } from "../../src/schema.ts";

const Workload = z
  .object({ todo: z.int(), in_progress: z.int(), done: z.int() })
  .meta({ id: "Workload", description: "How many live tasks there are of each status" });

const workload = createRoute({
  ...allow("report:read"),
  method: "get",
  path: "/workload",
  summary: "How much there is to do",
  description: "Counts the tasks of all projects that aren't in the trash.",
  request: { params: organizationParams },
  responses: { 200: json(Workload, "The organization's tasks, by status") },
  refusals: [],
});

/** Reports on an organization's work, for those that were granted the module. */
export const reports: Module = {
  name: "reports",
  tier: "premium",
  permissions: ["report:read"],
  grants: { admin: ["report:read"], member: ["report:read"] },
  navigation: [
    {
      key: "reports",
      label: "Reports",
      icon: "chart",
      permission: "report:read",
      position: 50,
      children: [{ key: "workload", label: "Workload", url: "/reports/workload" }],
    },
  ],
  mounts: {
    "/orgs/{org}/reports": () =>
      createRouter({ name: "Reports", description: "An organization's work in figures." }).openapi(
        workload,
        async (c) => {
          const { db, organizationId } = c.var.scope;
          const rows = await db
            .select({ status: task.status, tasks: count() })
            .from(task)
            .where(and(eq(task.organizationId, organizationId), isNull(task.deletedAt)))
            .groupBy(task.status);
          const counted = Object.fromEntries(rows.map(({ status, tasks }) => [status, tasks]));
          return send(c, Workload, { todo: 0, in_progress: 0, done: 0, ...counted }, 200);
        },
      ),
  },
};
