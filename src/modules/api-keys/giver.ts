import type { z } from "zod";
import { permissionColumn } from "../../core/api-key.ts";
import type { Permission } from "../../core/permission.ts";
import type { OrganizationAccess, Principal } from "../../core/principal.ts";
import { Invalid, problem } from "../../core/problem.ts";
import { PersonRequired } from "../../http/access.ts";
import type { ApiKeyChanges } from "./schemas.ts";

export const PermissionBeyondYours = problem("permission_beyond_yours", 403, "The permission is above your own");
export const Impersonating = problem("impersonating", 403, "Not while impersonating");

/** Who gives a key its permissions, and which permissions there are. */
export type Giver = { access: OrganizationAccess; caller: Principal; declared: ReadonlySet<Permission> };

/** Whose membership a key will hang on. @throws 403 where nobody stands behind it, and while impersonating. */
export function personBehind({ caller }: Giver): string {
  if (caller.type === "user" && caller.impersonatorId !== null)
    throw Impersonating("A key would outlive the impersonation.");
  const id = caller.type === "user" ? caller.id : caller.createdBy;
  if (id === null) throw PersonRequired("A service key can't make keys: no person stands behind it.");
  return id;
}

/** @throws 422. */
function refuseUnknown({ declared }: Giver, permissions: readonly Permission[]): void {
  const unknown = permissions.find((permission) => !declared.has(permission));
  if (unknown !== undefined) throw invalid("permissions", `there is no permission ${JSON.stringify(unknown)}`);
}

/** @throws 403 for what the giver doesn't hold now. */
export function refuseBeyond({ access }: Giver, permissions: readonly Permission[]): void {
  const beyond = permissions.find((permission) => !access.permissions.has(permission));
  if (beyond === undefined) return;
  throw PermissionBeyondYours(`A key can't hold ${beyond}, which you don't hold.`);
}

/** The 422 about one field. */
export const invalid = (path: string, message: string) =>
  Invalid("Change the fields listed under errors.", { errors: [{ path, message }] });

type Settings = Omit<z.output<typeof ApiKeyChanges>, "name" | "enabled">;

/** What was said of a key, as columns; what wasn't said stays. @throws 403 and 422. */
export function columns(giver: Giver, input: Settings, now: Date) {
  const { permissions, expiresAt, remaining, refill, rateLimit, metadata } = input;
  if (permissions) {
    refuseUnknown(giver, permissions as Permission[]);
    refuseBeyond(giver, permissions as Permission[]);
  }
  if (expiresAt && new Date(expiresAt) <= now) throw invalid("expiresAt", "has passed");
  return {
    ...(permissions === undefined ? {} : { permissions: permissionColumn(new Set(permissions as Permission[])) }),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt === null ? null : new Date(expiresAt) }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(refill === undefined
      ? {}
      : { refillAmount: refill?.amount ?? null, refillInterval: refill?.intervalMs ?? null }),
    ...(rateLimit === undefined
      ? {}
      : {
          rateLimitEnabled: rateLimit !== null,
          rateLimitMax: rateLimit?.limit ?? null,
          rateLimitTimeWindow: rateLimit?.windowMs ?? null,
        }),
    ...(metadata === undefined ? {} : { metadata: metadata === null ? null : JSON.stringify(metadata) }),
  };
}
