import { z } from "zod";
import type { Tier } from "../../src/core/access/permission.ts";
import { allow } from "../../src/http/access/declare.ts";
import type { Services } from "../../src/gate.ts";
import type { Module } from "../../src/http/module.ts";
import { createRoute, createRouter, json, organizationParams, send } from "../../src/http/router.ts";
import { modules as ours } from "../../src/modules.ts";

const Said = z.object({ said: z.string() }).meta({ id: "Said" });

/** A module of an application, with one route and one place in the navigation, both behind one permission. */
function testModule(name: string, tier: Tier): Module {
  const permission = `${name}:read` as const;
  const read = createRoute({
    ...allow(permission),
    method: "get",
    path: "/",
    summary: `Read ${name}`,
    description: "What the module has to say.",
    request: { params: organizationParams },
    responses: { 200: json(Said, "What it says") },
    refusals: [],
  });
  return {
    name,
    tier,
    mounts: {
      [`/orgs/{org}/${name}`]: () =>
        createRouter({ name, description: "A test's module." }).openapi(read, (c) =>
          send(c, Said, { said: name }, 200),
        ),
    },
    permissions: [permission],
    grants: { admin: [permission], member: [permission] },
    navigation: [{ key: name, label: name, url: `/${name}`, permission, position: 100 }],
  };
}

/** Ours, and an application's two: `chat`, which is optional, and `forecast`, which is premium. */
export const modules: readonly Module<Services>[] = [
  ...ours,
  testModule("chat", "optional"),
  testModule("forecast", "premium"),
];
