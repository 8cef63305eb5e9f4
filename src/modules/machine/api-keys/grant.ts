import type { z } from "zod";
import { permissionColumn } from "../../../core/api-key.ts";
import type { Permission } from "../../../core/access/permission.ts";
import type { OrganizationAccess, Principal } from "../../../core/principal.ts";
import { invalidField } from "../../../core/problem.ts";
import { Impersonating, PersonRequired } from "../../../http/access/caller.ts";
import { PermissionBeyondYours } from "../../organization/roles/index.ts";
import type { ApiKeyChanges } from "./schemas.ts";

/** Who grants a key its permissions, and which permissions there are. */
export type Grantor = { access: OrganizationAccess; caller: Principal; declared: ReadonlySet<Permission> };

/** The person whose membership a key will depend on. @throws 403 for a service key, and while impersonating. */
export function personBehind({ caller }: Grantor): string {
  if (caller.type === "user" && caller.impersonatorId !== null)
    throw Impersonating("A key would outlive the impersonation.");
  const id = caller.type === "user" ? caller.id : caller.createdBy;
  if (id === null) throw PersonRequired("A service key can't make keys: no person stands behind it.");
  return id;
}

/** @throws 422. */
function refuseUnknown({ declared }: Grantor, permissions: readonly Permission[]): void {
  const unknown = permissions.find((permission) => !declared.has(permission));
  if (unknown !== undefined) throw invalidField("permissions", `there is no permission ${JSON.stringify(unknown)}`);
}

/** @throws 403 for what the grantor doesn't hold now. */
export function refuseBeyond({ access }: Grantor, permissions: readonly Permission[]): void {
  const beyond = permissions.find((permission) => !access.permissions.has(permission));
  if (beyond === undefined) return;
  throw PermissionBeyondYours(`A key can't hold ${beyond}, which you don't hold.`);
}

type Settings = Omit<z.output<typeof ApiKeyChanges>, "name" | "enabled">;

/** A key's settings as columns; those that `input` leaves out are left out. @throws 403, 422. */
export function columns(grantor: Grantor, input: Settings, now: Date) {
  const { permissions, expiresAt, remaining, refill, rateLimit, metadata } = input;
  if (permissions) {
    refuseUnknown(grantor, permissions as Permission[]);
    refuseBeyond(grantor, permissions as Permission[]);
  }
  if (expiresAt && expiresAt <= now) throw invalidField("expiresAt", "has passed");
  return {
    ...(permissions === undefined ? {} : { permissions: permissionColumn(new Set(permissions as Permission[])) }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
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
