import type { Context } from "hono";
import { z } from "zod";
import type { RolePermissions } from "../../../core/access/permission.ts";
import { allow } from "../../../http/access/declare.ts";
import type { Env } from "../../../http/env.ts";
import {
  answer,
  body,
  createRoute,
  createRouter,
  json,
  organizationParams,
  send,
  sendNew,
} from "../../../http/router.ts";
import { etag } from "../../../core/version.ts";
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
  ApiKeyQuery,
  ApiKeyVersion,
  ApiKeyWithSecret,
  NewApiKey,
  Rotation,
  Usage,
  UsageQuery,
} from "./schemas.ts";
import { PreconditionFailed } from "../../../core/problem.ts";
import { Impersonating, PersonRequired } from "../../../http/access/caller.ts";
import { PermissionBeyondYours } from "../../organization/roles/index.ts";

export type Ports = { roles: RolePermissions };

const params = organizationParams.extend({ id: z.string().meta({ description: "The key's id, not the key" }) });

const dayMs = 24 * 3_600_000;

export const routes = ({ roles }: Ports) => {
  const declared = roles.get("owner") ?? new Set();
  const grantor = (c: Context<Env>) => ({ access: c.var.auth.organization, caller: c.var.auth.principal, declared });
  return createRouter({ name: "API keys", description: "Credentials for programs, owned by an organization." })
    .openapi(
      createRoute({
        ...allow("apiKey:create", { fresh: true }),
        method: "post",
        path: "/",
        summary: "Create an API key",
        description: "The answer's `key` is shown this once; its SHA-256 is all that is kept.",
        request: { params: organizationParams, body: body(NewApiKey) },
        responses: { 201: json(ApiKeyWithSecret, "The new key") },
        refusals: [PermissionBeyondYours, Impersonating, PersonRequired],
      }),
      async (c) => {
        const row = await createApiKey(c.var.scope, grantor(c), c.req.valid("json"));
        return sendNew(c, ApiKeyWithSecret, row, version(row));
      },
    )
    .openapi(
      createRoute({
        ...allow("apiKey:read"),
        method: "get",
        path: "/",
        summary: "List API keys",
        description: "Newest first, without their secrets.",
        request: { params: organizationParams, query: ApiKeyQuery },
        responses: { 200: json(ApiKeyList, "A page of keys, newest first") },
        refusals: [],
      }),
      async (c) => send(c, ApiKeyList, await listApiKeys(c.var.scope, c.req.valid("query")), 200),
    )
    .openapi(
      createRoute({
        ...allow("apiKey:read"),
        method: "get",
        path: "/{id}",
        summary: "Read an API key",
        description: "Its ETag covers what somebody decided about it, and not what using it changes.",
        request: { params },
        responses: { 200: json(ApiKey, "The key, without its secret") },
        refusals: [],
      }),
      async (c) => {
        const row = await getApiKey(c.var.scope, c.req.valid("param").id);
        return send(c, ApiKey, row, 200, version(row));
      },
    )
    .openapi(
      createRoute({
        ...allow("apiKey:update"),
        method: "patch",
        path: "/{id}",
        summary: "Change, disable or enable an API key",
        description: "Fields that are left out stay as they are. A disabled key is refused until it is enabled again.",
        request: { params, body: body(ApiKeyChanges) },
        responses: { 200: json(ApiKey, "The key as it is now") },
        refusals: [PermissionBeyondYours],
      }),
      async (c) => {
        const { id } = c.req.valid("param");
        const row = await updateApiKey(c.var.scope, grantor(c), id, c.req.valid("json"));
        return send(c, ApiKey, row, 200, version(row));
      },
    )
    .openapi(
      createRoute({
        ...allow("apiKey:update", { fresh: true }),
        method: "post",
        path: "/{id}/rotate",
        summary: "Rotate an API key",
        description: "Answers the new key. The old one works for `overlapSeconds` more, against the same quota.",
        request: { params, body: body(Rotation) },
        responses: { 200: json(ApiKeyWithSecret, "The key with its new secret") },
        refusals: [PermissionBeyondYours, Impersonating, PersonRequired, PreconditionFailed],
      }),
      async (c) => {
        const row = await rotateApiKey(c.var.scope, grantor(c), c.req.valid("param").id, c.req.valid("json"));
        return send(c, ApiKeyWithSecret, row, 200, version(row));
      },
    )
    .openapi(
      createRoute({
        ...allow("apiKey:delete"),
        method: "delete",
        path: "/{id}",
        summary: "Delete an API key",
        description: "It is refused from then on. Rotating keeps its settings and its history instead.",
        request: { params },
        responses: { 204: { description: "It no longer works" } },
        refusals: [],
      }),
      async (c) => {
        await deleteApiKey(c.var.scope, c.req.valid("param").id);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        ...allow("apiKey:read"),
        method: "get",
        path: "/{id}/usage",
        summary: "How often a key was used, by day",
        description: "Counts are written about a second behind.",
        request: { params, query: UsageQuery },
        responses: { 200: json(Usage, "Uses by day, in UTC; the last thirty days where nothing is said") },
        refusals: [],
        unversioned: true,
      }),
      async (c) => {
        const now = c.var.scope.now().getTime();
        const { from = day(now - 30 * dayMs), to = day(now) } = c.req.valid("query");
        return answer(c, Usage, await apiKeyUsage(c.var.scope, c.req.valid("param").id, from, to));
      },
    );
};

const version = (row: z.input<typeof ApiKey>) => ({ ETag: etag(ApiKeyVersion.parse(row)) });

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
