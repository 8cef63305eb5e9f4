import { expect, test } from "bun:test";
import { z } from "zod";
import { allowMembers } from "../../../src/http/access/declare.ts";
import type { Module } from "../../../src/http/module.ts";
import { createRoute, createRouter, json, organizationParams, send } from "../../../src/http/router.ts";
import { modules } from "../../../src/modules.ts";
import { inSandbox } from "../../harness/app.ts";
import { holder, makeKey } from "../../harness/keys.ts";

const Seen = z
  .object({ seen: z.record(z.string(), z.union([z.string(), z.boolean()]).nullable()) })
  .meta({ id: "Seen" });

const look = createRoute({
  ...allowMembers(),
  method: "get",
  path: "/",
  summary: "What a handler sees of its caller",
  description: "As `c.var.auth` has it.",
  request: { params: organizationParams },
  responses: { 200: json(Seen, "All of it") },
  refusals: [],
});

const mirror: Module = {
  name: "mirror",
  permissions: [],
  grants: {},
  mounts: {
    "/orgs/{org}/mirror": () =>
      createRouter({ name: "Mirror", description: "A test's module." }).openapi(look, (c) => {
        const { auth } = c.var;
        const seen = {
          method: auth.authMethod,
          user: auth.getUser()?.id ?? null,
          session: auth.getSession()?.id ?? null,
          organization: auth.getOrg()?.id ?? null,
          role: auth.getOrgRole(),
          isAdmin: auth.hasOrgRole("owner", "admin"),
          isViewer: auth.hasOrgRole("viewer"),
          reads: auth.hasPermission("project:read"),
          readsAndMakes: auth.hasPermission("project:read", "project:create"),
          apiKey: auth.apiKey?.id ?? null,
          token: auth.getToken(),
        };
        return send(c, Seen, { seen }, 200);
      }),
  },
};

test("a handler sees who calls by c.var.auth, by cookie, Bearer token and API key", () =>
  inSandbox(
    async (service) => {
      const organization = await service.organization();
      const path = `/v1/orgs/${organization.id}/mirror`;
      const viewer = await organization.join("viewer");
      const seen = async (answer: Promise<{ body: unknown }>) => ((await answer).body as { seen: object }).seen;

      const byCookie = await seen(viewer.get(path));
      expect(byCookie).toEqual({
        method: "session",
        user: viewer.userId,
        session: expect.any(String),
        organization: organization.id,
        role: "viewer",
        isAdmin: false,
        isViewer: true,
        reads: true,
        readsAndMakes: false,
        apiKey: null,
        token: null,
      });
      const token = viewer.cookie.slice(viewer.cookie.indexOf("=") + 1);
      expect(await seen(service.anonymous.get(path, { authorization: `Bearer ${token}` }))).toEqual({
        ...byCookie,
        method: "bearer",
        token,
      });
      // What stands beside the cookie and is no credential was never verified.
      expect(await seen(viewer.get(path, { authorization: "Bearer made.up" }))).toEqual(byCookie);

      const key = await makeKey(organization, { permissions: ["project:read"] });
      const byKey = {
        method: "api-key",
        user: null,
        session: null,
        organization: organization.id,
        role: null,
        isAdmin: false,
        isViewer: false,
        reads: true,
        readsAndMakes: false,
        apiKey: key.id,
        token: null,
      };
      expect(await seen(service.anonymous.get(path, { "x-api-key": key.key }))).toEqual(byKey);
      expect(await seen(service.anonymous.get(path, { authorization: `Bearer ${key.key}` }))).toEqual({
        ...byKey,
        token: key.key,
      });
      expect(await seen(holder(service, key.key).get(path))).toMatchObject({ apiKey: key.id });
    },
    { modules: [...modules, mirror] },
  ));
