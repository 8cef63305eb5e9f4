import { etag } from "../../../core/version.ts";
import { allow } from "../../../http/access/declare.ts";
import { requirePermission } from "../../../http/access/refuse.ts";
import { body, createRoute, createRouter, json, organizationParams, send, sendNew } from "../../../http/router.ts";
import { rowId } from "../../../http/schemas.ts";
import { PreconditionFailed } from "../../../core/problem.ts";
import type { Includes } from "./include.ts";
import {
  createProject,
  deleteProject,
  getProject,
  listProjects,
  NameTaken,
  restoreProject,
  updateProject,
} from "./projects.ts";
import { NewProject, Project, ProjectChanges } from "./schemas.ts";

const params = organizationParams.extend({ id: rowId });

export const routes = ({
  ProjectIncludes,
  ProjectList,
  ProjectListQuery,
  ProjectWithIncludes,
  withIncludes,
}: Includes) =>
  createRouter({ name: "Projects", description: "What an organization works on." })
    .openapi(
      createRoute({
        ...allow("project:create"),
        method: "post",
        path: "/",
        summary: "Create a project",
        description: "Its name is unique among the organization's live projects. A person who creates it owns it.",
        request: { params: organizationParams, body: body(NewProject) },
        responses: { 201: json(Project, "The new project") },
        refusals: [NameTaken],
      }),
      async (c) => sendNew(c, Project, await createProject(c.var.scope, c.req.valid("json"))),
    )
    .openapi(
      createRoute({
        ...allow("project:read"),
        method: "get",
        path: "/",
        summary: "List projects",
        description: "`deleted=include` and `deleted=only` need the permission `project:delete`.",
        request: { params: organizationParams, query: ProjectListQuery },
        responses: { 200: json(ProjectList, "A page of projects") },
        refusals: [],
      }),
      async (c) => {
        const query = c.req.valid("query");
        if (query.deleted !== "exclude") requirePermission(c.var.auth.organization, "project:delete");
        const { data, nextCursor } = await listProjects(c.var.scope, query);
        return send(c, ProjectList, { data: await withIncludes(c.var.scope, data, query.include), nextCursor }, 200);
      },
    )
    .openapi(
      createRoute({
        ...allow("project:read"),
        method: "get",
        path: "/{id}",
        summary: "Read a project",
        description: "404 while it is in the trash.",
        request: { params, query: ProjectIncludes },
        responses: { 200: json(ProjectWithIncludes, "The project") },
        refusals: [],
      }),
      async (c) => {
        const row = await getProject(c.var.scope, c.req.valid("param").id);
        const [included = row] = await withIncludes(c.var.scope, [row], c.req.valid("query").include);
        // The project's own version, whatever comes along with it: what If-Match is compared with.
        return send(c, ProjectWithIncludes, included, 200, { ETag: etag(Project.parse(row)) });
      },
    )
    .openapi(
      createRoute({
        ...allow("project:update", { reach: "own" }),
        method: "patch",
        path: "/{id}",
        summary: "Change a project",
        description: "Callers who hold the permission for their own only may change the projects that they own.",
        request: { params, body: body(ProjectChanges) },
        responses: { 200: json(Project, "The project as it is now") },
        refusals: [NameTaken],
      }),
      async (c) =>
        send(c, Project, await updateProject(c.var.scope, c.req.valid("param").id, c.req.valid("json")), 200),
    )
    .openapi(
      createRoute({
        ...allow("project:delete", { reach: "own" }),
        method: "delete",
        path: "/{id}",
        summary: "Move a project into the trash",
        description:
          "Its tasks can't be reached while it is there. `POST …/restore` takes it out again, until maintenance removes it.",
        request: { params },
        responses: { 204: { description: "It is in the trash" } },
        refusals: [],
      }),
      async (c) => {
        await deleteProject(c.var.scope, c.req.valid("param").id);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        ...allow("project:delete", { reach: "own" }),
        method: "post",
        path: "/{id}/restore",
        summary: "Take a project out of the trash",
        description: "409 `project_name_taken` where a live project has its name by now.",
        request: { params },
        responses: { 200: json(Project, "The project, live again") },
        refusals: [NameTaken, PreconditionFailed],
      }),
      async (c) => send(c, Project, await restoreProject(c.var.scope, c.req.valid("param").id), 200),
    );
