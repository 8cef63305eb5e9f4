import type { Context } from "hono";
import { z } from "zod";
import type { RolePermissions } from "../../core/permission.ts";
import { allow } from "../../http/access.ts";
import type { Env } from "../../http/env.ts";
import { pageQuery } from "../../http/pagination.ts";
import { body, createRoute, createRouter, etag, json, organizationParams, problems, send } from "../../http/router.ts";
import {
  apiKeyUsage,
  createApiKey,
  deleteApiKey,
  getApiKey,
  listApiKeys,
  rotateApiKey,
  updateApiKey,
} from "./api-keys.ts";
import {
  ApiKey,
  ApiKeyChanges,
  ApiKeyList,
  ApiKeyVersion,
  ApiKeyWithSecret,
  NewApiKey,
  Rotation,
  Usage,
} from "./schemas.ts";

type Ports = { roles: RolePermissions };

const params = organizationParams.extend({ id: z.string() });
const tags = ["API keys"];

const create = createRoute({
  ...allow("apiKey:create"),
  method: "post",
  path: "/",
  summary: "Create an API key",
  description: "The answer's `key` is shown this once; its SHA-256 is all that is kept.",
  tags,
  request: { params: organizationParams, body: body(NewApiKey) },
  responses: { ...problems, 201: json(ApiKeyWithSecret, "The new key") },
});

const index = createRoute({
  ...allow("apiKey:read"),
  method: "get",
  path: "/",
  summary: "List API keys",
  tags,
  request: { params: organizationParams, query: z.object(pageQuery) },
  responses: { ...problems, 200: json(ApiKeyList, "A page of keys, newest first") },
});

const read = createRoute({
  ...allow("apiKey:read"),
  method: "get",
  path: "/{id}",
  summary: "Read an API key",
  tags,
  request: { params },
  responses: { ...problems, 200: json(ApiKey, "The key, without its secret") },
});

const update = createRoute({
  ...allow("apiKey:update"),
  method: "patch",
  path: "/{id}",
  summary: "Change, disable or enable an API key",
  tags,
  request: { params, body: body(ApiKeyChanges) },
  responses: { ...problems, 200: json(ApiKey, "The key as it is now") },
});

const rotate = createRoute({
  ...allow("apiKey:update"),
  method: "post",
  path: "/{id}/rotate",
  summary: "Rotate an API key",
  description: "Answers the new key. The old one works for `overlapSeconds` more, against the same quota.",
  tags,
  request: { params, body: body(Rotation) },
  responses: { ...problems, 200: json(ApiKeyWithSecret, "The key with its new secret") },
});

const remove = createRoute({
  ...allow("apiKey:delete"),
  method: "delete",
  path: "/{id}",
  summary: "Delete an API key",
  tags,
  request: { params },
  responses: { ...problems, 204: { description: "It no longer works" } },
});

const usage = createRoute({
  ...allow("apiKey:read"),
  method: "get",
  path: "/{id}/usage",
  summary: "How often a key was used, by day",
  description: "Counts are written about a second behind.",
  tags,
  request: { params, query: z.object({ from: z.iso.date().optional(), to: z.iso.date().optional() }) },
  responses: { ...problems, 200: json(Usage, "Uses by day, in UTC; the last thirty days where nothing is said") },
});

const dayMs = 24 * 3_600_000;

export const routes = ({ roles }: Ports) => {
  const declared = roles.get("owner") ?? new Set();
  const giver = (c: Context<Env>) => ({ access: c.var.organization, caller: c.var.caller, declared });
  return createRouter()
    .openapi(create, async (c) => {
      const row = await createApiKey(c.var.scope, giver(c), c.req.valid("json"));
      const Location = `/v1/orgs/${c.var.organization.id}/api-keys/${row.id}`;
      return send(c, ApiKeyWithSecret, row, 201, { Location, ...version(row) });
    })
    .openapi(index, async (c) =>
      send(c, ApiKeyList, await listApiKeys(c.var.scope, c.req.valid("query"), c.var.gate.cursors), 200),
    )
    .openapi(read, async (c) => {
      const row = await getApiKey(c.var.scope, c.req.valid("param").id);
      return send(c, ApiKey, row, 200, version(row));
    })
    .openapi(update, async (c) => {
      const { id } = c.req.valid("param");
      const row = await updateApiKey(c.var.scope, giver(c), id, c.req.valid("json"), c.req.header("if-match"));
      return send(c, ApiKey, row, 200, version(row));
    })
    .openapi(rotate, async (c) => {
      const row = await rotateApiKey(c.var.scope, giver(c), c.req.valid("param").id, c.req.valid("json"));
      return send(c, ApiKeyWithSecret, row, 200, version(row));
    })
    .openapi(remove, async (c) => {
      await deleteApiKey(c.var.scope, c.req.valid("param").id, c.req.header("if-match"));
      return c.body(null, 204);
    })
    .openapi(usage, async (c) => {
      const now = c.var.scope.now().getTime();
      const { from = day(now - 30 * dayMs), to = day(now) } = c.req.valid("query");
      return send(c, Usage, await apiKeyUsage(c.var.scope, c.req.valid("param").id, from, to), 200);
    });
};

const version = (row: z.input<typeof ApiKey>) => ({ ETag: etag(ApiKeyVersion.parse(row)) });

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
