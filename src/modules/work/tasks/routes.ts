import { allow } from "../../../http/access/declare.ts";
import { requirePermission } from "../../../http/access/refuse.ts";
import { body, createRoute, createRouter, json, organizationParams, send, sendNew } from "../../../http/router.ts";
import { rowId } from "../../../http/schemas.ts";
import { NewTask, Task, TaskChanges, TaskList, TaskQuery } from "./schemas.ts";
import { createTask, deleteTask, getTask, listTasks, restoreTask, updateTask } from "./tasks.ts";
import { PreconditionFailed } from "../../../core/problem.ts";

const projectParams = organizationParams.extend({ projectId: rowId });
const params = projectParams.extend({ id: rowId });

export const routes = () =>
  createRouter({ name: "Tasks", description: "What there is to do in a project." })
    .openapi(
      createRoute({
        ...allow("task:create"),
        method: "post",
        path: "/",
        summary: "Create a task",
        description: "In a live project. `assigneeId` must be a member.",
        request: { params: projectParams, body: body(NewTask) },
        responses: { 201: json(Task, "The new task") },
        refusals: [],
      }),
      async (c) => {
        const { projectId } = c.req.valid("param");
        return sendNew(c, Task, await createTask(c.var.scope, projectId, c.req.valid("json")));
      },
    )
    .openapi(
      createRoute({
        ...allow("task:read"),
        method: "get",
        path: "/",
        summary: "List a project's tasks",
        description: "`deleted=include` and `deleted=only` need the permission `task:delete`.",
        request: { params: projectParams, query: TaskQuery },
        responses: { 200: json(TaskList, "A page of tasks") },
        refusals: [],
      }),
      async (c) => {
        const query = c.req.valid("query");
        if (query.deleted !== "exclude") requirePermission(c.var.auth.organization, "task:delete");
        return send(c, TaskList, await listTasks(c.var.scope, c.req.valid("param").projectId, query), 200);
      },
    )
    .openapi(
      createRoute({
        ...allow("task:read"),
        method: "get",
        path: "/{id}",
        summary: "Read a task",
        description: "404 while it, or its project, is in the trash.",
        request: { params },
        responses: { 200: json(Task, "The task") },
        refusals: [],
      }),
      async (c) => {
        const { projectId, id } = c.req.valid("param");
        return send(c, Task, await getTask(c.var.scope, projectId, id), 200);
      },
    )
    .openapi(
      createRoute({
        ...allow("task:update", { reach: "own" }),
        method: "patch",
        path: "/{id}",
        summary: "Change a task",
        description: "Callers who hold the permission for their own only may change what they made or are assigned.",
        request: { params, body: body(TaskChanges) },
        responses: { 200: json(Task, "The task as it is now") },
        refusals: [],
      }),
      async (c) => {
        const { projectId, id } = c.req.valid("param");
        return send(c, Task, await updateTask(c.var.scope, projectId, id, c.req.valid("json")), 200);
      },
    )
    .openapi(
      createRoute({
        ...allow("task:delete", { reach: "own" }),
        method: "delete",
        path: "/{id}",
        summary: "Move a task into the trash",
        description: "`POST …/restore` takes it out again, until maintenance removes it.",
        request: { params },
        responses: { 204: { description: "It is in the trash" } },
        refusals: [],
      }),
      async (c) => {
        const { projectId, id } = c.req.valid("param");
        await deleteTask(c.var.scope, projectId, id);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        ...allow("task:delete", { reach: "own" }),
        method: "post",
        path: "/{id}/restore",
        summary: "Take a task out of the trash",
        description: "404 while its project is in the trash.",
        request: { params },
        responses: { 200: json(Task, "The task, live again") },
        refusals: [PreconditionFailed],
      }),
      async (c) => {
        const { projectId, id } = c.req.valid("param");
        return send(c, Task, await restoreTask(c.var.scope, projectId, id), 200);
      },
    );
