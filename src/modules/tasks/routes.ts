import { allow, onlyOf, requirePermission } from "../../http/access.ts";
import { body, createRoute, createRouter, json, organizationParams, problems, send } from "../../http/router.ts";
import { rowId } from "../../http/schemas.ts";
import { listTasks, TaskList, TaskQuery } from "./list.ts";
import { createTask, getTask, NewTask, Task, TaskChanges, updateTask } from "./tasks.ts";
import { deleteTask, restoreTask } from "./trash.ts";

const projectParams = organizationParams.extend({ projectId: rowId });
const params = projectParams.extend({ id: rowId });
const tags = ["Tasks"];

const create = createRoute({
  ...allow("task:create"),
  method: "post",
  path: "/",
  summary: "Create a task",
  tags,
  request: { params: projectParams, body: body(NewTask) },
  responses: { ...problems, 201: json(Task, "The new task") },
});

const index = createRoute({
  ...allow("task:read"),
  method: "get",
  path: "/",
  summary: "List a project's tasks",
  description: "Deleted ones only for who may delete: `deleted=include` or `only` needs the permission `task:delete`.",
  tags,
  request: { params: projectParams, query: TaskQuery },
  responses: { ...problems, 200: json(TaskList, "A page of tasks") },
});

const read = createRoute({
  ...allow("task:read"),
  method: "get",
  path: "/{id}",
  summary: "Read a task",
  tags,
  request: { params },
  responses: { ...problems, 200: json(Task, "The task") },
});

const update = createRoute({
  ...allow("task:update", "own"),
  method: "patch",
  path: "/{id}",
  summary: "Change a task",
  description: "Who holds the permission for their own only may change what they made or are assigned.",
  tags,
  request: { params, body: body(TaskChanges) },
  responses: { ...problems, 200: json(Task, "The task as it is now") },
});

const remove = createRoute({
  ...allow("task:delete", "own"),
  method: "delete",
  path: "/{id}",
  summary: "Move a task into the trash",
  tags,
  request: { params },
  responses: { ...problems, 204: { description: "It is in the trash" } },
});

const restore = createRoute({
  ...allow("task:delete", "own"),
  method: "post",
  path: "/{id}/restore",
  summary: "Take a task out of the trash",
  tags,
  request: { params },
  responses: { ...problems, 200: json(Task, "The task, live again") },
});

export const routes = () =>
  createRouter()
    .openapi(create, async (c) => {
      const { projectId } = c.req.valid("param");
      const row = await createTask(c.var.scope, projectId, c.req.valid("json"));
      const location = `/v1/orgs/${c.var.organization.id}/projects/${projectId}/tasks/${row.id}`;
      return send(c, Task, row, 201, { Location: location });
    })
    .openapi(index, async (c) => {
      const query = c.req.valid("query");
      if (query.deleted !== "exclude") requirePermission(c.var.organization, "task:delete");
      const page = await listTasks(c.var.scope, c.req.valid("param").projectId, query, c.var.gate.cursors);
      return send(c, TaskList, page, 200);
    })
    .openapi(read, async (c) => {
      const { projectId, id } = c.req.valid("param");
      return send(c, Task, await getTask(c.var.scope, projectId, id), 200);
    })
    .openapi(update, async (c) => {
      const { projectId, id } = c.req.valid("param");
      const [input, ifMatch] = [c.req.valid("json"), c.req.header("if-match")];
      const row = await updateTask(c.var.scope, projectId, id, input, ifMatch, onlyOf(c));
      return send(c, Task, row, 200);
    })
    .openapi(remove, async (c) => {
      const { projectId, id } = c.req.valid("param");
      await deleteTask(c.var.scope, projectId, id, c.req.header("if-match"), onlyOf(c));
      return c.body(null, 204);
    })
    .openapi(restore, async (c) => {
      const { projectId, id } = c.req.valid("param");
      return send(c, Task, await restoreTask(c.var.scope, projectId, id, onlyOf(c)), 200);
    });
