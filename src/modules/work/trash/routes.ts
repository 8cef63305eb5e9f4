import { allow } from "../../../http/access/declare.ts";
import type { Module } from "../../../http/module.ts";
import { createRoute, createRouter, json, organizationParams, send } from "../../../http/router.ts";
import { rowId } from "../../../http/schemas.ts";
import { listTrash, trashList, TrashQuery } from "./trash.ts";

export type Ports = { modules: readonly Pick<Module, "trash">[] };

const params = organizationParams.extend({ id: rowId });

/** One list of all that was deleted, and for each kind in it a way to delete one permanently. */
export const routes = ({ modules }: Ports) => {
  const kinds = modules.flatMap(({ trash }) => trash ?? []);
  const TrashList = trashList(kinds);
  const router = createRouter({ name: "Trash", description: "What was deleted and can still be restored." }).openapi(
    createRoute({
      ...allow("trash:read"),
      method: "get",
      path: "/",
      summary: "List what was deleted",
      description: "Last deleted first. Each is restored by `POST …/restore` on itself, until maintenance removes it.",
      request: { params: organizationParams, query: TrashQuery },
      responses: { 200: json(TrashList, "A page of what was deleted") },
      refusals: [],
    }),
    async (c) => send(c, TrashList, await listTrash(kinds, c.var.scope, c.req.valid("query")), 200),
  );
  for (const { kind, path, permission, cascade, purge } of kinds)
    router.openapi(
      createRoute({
        ...allow(permission),
        method: "delete",
        path: `/${path}/{id}`,
        summary: `Delete a ${kind} permanently`,
        description: [cascade, "Only from the trash."].filter(Boolean).join(" "),
        request: { params },
        responses: { 204: { description: "It is gone" } },
        refusals: [],
      }),
      async (c) => {
        await purge(c.var.scope, c.req.valid("param").id);
        return c.body(null, 204);
      },
    );
  return router;
};
