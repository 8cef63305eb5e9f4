import { allow } from "../../http/access.ts";
import { createRoute, createRouter, json, organizationParams, problems, send } from "../../http/router.ts";
import { rowId } from "../../http/schemas.ts";
import { purgeProject } from "../projects/index.ts";
import { purgeTask } from "../tasks/index.ts";
import { listTrash, TrashList, TrashQuery } from "./trash.ts";

const params = organizationParams.extend({ id: rowId });
const tags = ["Trash"];

const index = createRoute({
  ...allow("trash:read"),
  method: "get",
  path: "/",
  summary: "List what was deleted",
  description: "Last deleted first. Each is restored by `POST …/restore` on itself, until maintenance ends it.",
  tags,
  request: { params: organizationParams, query: TrashQuery },
  responses: { ...problems, 200: json(TrashList, "A page of deleted projects and tasks") },
});

const removeProject = createRoute({
  ...allow("project:purge"),
  method: "delete",
  path: "/projects/{id}",
  summary: "Delete a project for good",
  description: "With its tasks. Only from the trash.",
  tags,
  request: { params },
  responses: { ...problems, 204: { description: "It is gone" } },
});

const removeTask = createRoute({
  ...allow("task:purge"),
  method: "delete",
  path: "/tasks/{id}",
  summary: "Delete a task for good",
  description: "Only from the trash.",
  tags,
  request: { params },
  responses: { ...problems, 204: { description: "It is gone" } },
});

export const routes = () =>
  createRouter()
    .openapi(index, async (c) =>
      send(c, TrashList, await listTrash(c.var.scope, c.req.valid("query"), c.var.gate.cursors), 200),
    )
    .openapi(removeProject, async (c) => {
      await purgeProject(c.var.scope, c.req.valid("param").id);
      return c.body(null, 204);
    })
    .openapi(removeTask, async (c) => {
      await purgeTask(c.var.scope, c.req.valid("param").id);
      return c.body(null, 204);
    });
