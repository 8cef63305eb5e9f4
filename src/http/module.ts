import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Permission, Tier } from "../core/permission.ts";
import type { Env } from "./env.ts";

/**
 * One resource: where it is mounted, what its routes are, and what its permissions mean to the built-in roles.
 * An owner holds every permission without being named.
 */
export type Module<Ports = never> = {
  name: string;
  /** Under /v1. `/orgs/{org}/things` is an organization's; its routes use `allow`. */
  path: `/${string}`;
  routes(ports: Ports): OpenAPIHono<Env>;
  /** Who has it: everybody, or organizations that were granted it (optional, premium). */
  tier?: Tier;
  permissions?: readonly Permission[];
  grants?: { admin?: readonly Permission[]; member?: readonly Permission[]; viewer?: readonly Permission[] };
};
