import { z } from "zod";
import { allow, onlyOf, requirePermission } from "../../http/access.ts";
import { body, createRoute, createRouter, etag, json, organizationParams, problems, send } from "../../http/router.ts";
import { rowId } from "../../http/schemas.ts";
import { include, ProjectList, ProjectWithIncludes, withIncludes } from "./include.ts";
import { listProjects, ProjectQuery } from "./list.ts";
import { createProject, getProject, NewProject, Project, ProjectChanges, updateProject } from "./projects.ts";
import { deleteProject, restoreProject } from "./trash.ts";

const params = organizationParams.extend({ id: rowId });
const tags = ["Projects"];

const create = createRoute({
  ...allow("project:create"),
  method: "post",
  path: "/",
  summary: "Create a project",
  tags,
  request: { params: organizationParams, body: body(NewProject) },
  responses: { ...problems, 201: json(Project, "The new project") },
});

const read = createRoute({
  ...allow("project:read"),
  method: "get",
  path: "/{id}",
  summary: "Read a project",
  tags,
  request: { params, query: z.object({ include }) },
  responses: { ...problems, 200: json(ProjectWithIncludes, "The project") },
});

const index = createRoute({
  ...allow("project:read"),
  method: "get",
  path: "/",
  summary: "List projects",
  description:
    "Deleted ones only for who may delete: `deleted=include` or `only` needs the permission `project:delete`.",
  tags,
  request: { params: organizationParams, query: ProjectQuery.extend({ include }) },
  responses: { ...problems, 200: json(ProjectList, "A page of projects") },
});

const update = createRoute({
  ...allow("project:update", "own"),
  method: "patch",
  path: "/{id}",
  summary: "Change a project",
  description: "Who holds the permission for their own only may change what they own.",
  tags,
  request: { params, body: body(ProjectChanges) },
  responses: { ...problems, 200: json(Project, "The project as it is now") },
});

const remove = createRoute({
  ...allow("project:delete", "own"),
  method: "delete",
  path: "/{id}",
  summary: "Move a project into the trash",
  tags,
  request: { params },
  responses: { ...problems, 204: { description: "It is in the trash" } },
});

const restore = createRoute({
  ...allow("project:delete", "own"),
  method: "post",
  path: "/{id}/restore",
  summary: "Take a project out of the trash",
  tags,
  request: { params },
  responses: { ...problems, 200: json(Project, "The project, live again") },
});

export const routes = () =>
  createRouter()
    .openapi(create, async (c) => {
      const row = await createProject(c.var.scope, c.req.valid("json"));
      return send(c, Project, row, 201, { Location: `/v1/orgs/${c.var.organization.id}/projects/${row.id}` });
    })
    .openapi(index, async (c) => {
      const query = c.req.valid("query");
      if (query.deleted !== "exclude") requirePermission(c.var.organization, "project:delete");
      const { data, nextCursor } = await listProjects(c.var.scope, query, c.var.gate.cursors);
      return send(c, ProjectList, { data: await withIncludes(c.var.scope, data, query.include), nextCursor }, 200);
    })
    .openapi(read, async (c) => {
      const row = await getProject(c.var.scope, c.req.valid("param").id);
      const [shown] = await withIncludes(c.var.scope, [row], c.req.valid("query").include);
      // The project's own version, whatever comes along with it: what If-Match is held against.
      return send(c, ProjectWithIncludes, shown ?? row, 200, { ETag: etag(Project.parse(row)) });
    })
    .openapi(update, async (c) => {
      const [input, ifMatch] = [c.req.valid("json"), c.req.header("if-match")];
      const row = await updateProject(c.var.scope, c.req.valid("param").id, input, ifMatch, onlyOf(c));
      return send(c, Project, row, 200);
    })
    .openapi(remove, async (c) => {
      await deleteProject(c.var.scope, c.req.valid("param").id, c.req.header("if-match"), onlyOf(c));
      return c.body(null, 204);
    })
    .openapi(restore, async (c) =>
      send(c, Project, await restoreProject(c.var.scope, c.req.valid("param").id, onlyOf(c)), 200),
    );
