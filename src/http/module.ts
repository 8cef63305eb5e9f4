import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Permission, Tier } from "../core/permission.ts";
import type { Env } from "./env.ts";

/** A place that an application shows in its navigation, with what stands below it. */
export type NavigationEntry = {
  /** Unique in its module. */
  key: string;
  label: string;
  /** A path of the application, or an http(s) URL; without one it is a heading. */
  url?: string;
  icon?: string;
  /** Who sees it, and what is below it; everybody in the organization where it isn't given. */
  permission?: Permission;
  /** Ascending among its siblings; 0 where it isn't given. */
  position?: number;
  /** Where an application starts, unless the organization has its own entry point. */
  entryPoint?: boolean;
  children?: readonly NavigationEntry[];
};

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
  /** What it adds to every organization's navigation. */
  navigation?: readonly NavigationEntry[];
};
