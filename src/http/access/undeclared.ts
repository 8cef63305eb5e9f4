import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Permission } from "../../core/access/permission.ts";
import type { Env } from "../env.ts";
import { operations } from "../router.ts";

/** @throws at start for an operation that has no access rule, or needs a permission that no module declares. */
export function refuseUndeclared(app: OpenAPIHono<Env>, declared: ReadonlySet<Permission>): void {
  for (const { method, path, access } of operations(app)) {
    if (!access)
      throw new Error(`${method} ${path} has no access rule: use allow, signedIn, platformAdmin or publicly`);
    if ("permission" in access && !declared.has(access.permission))
      throw new Error(`${method} ${path} needs the permission ${access.permission}, which no module declares`);
  }
}
