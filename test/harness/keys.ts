import { generateApiKey, hashApiKey, permissionColumn } from "../../src/core/api-key.ts";
import { apikey } from "../../src/schema.ts";
import { createServiceKey } from "../../src/directory/service-keys.ts";
import type { Permission } from "../../src/core/access/permission.ts";
import type { Actor } from "./actor.ts";
import { clientOf } from "./answer.ts";
import type { Organization, Service } from "./app.ts";

/** A key as its creation answers it. */
export type MadeKey = { id: string; key: string; start: string; createdAt: string; remaining: number | null };

/** Makes an API key of the organization through the real route, by its owner unless `by` is given. */
export async function makeKey(organization: Organization, body: object = {}, by?: Actor): Promise<MadeKey> {
  const answer = await (by ?? organization.owner).post(`/v1/orgs/${organization.id}/api-keys`, {
    name: "for a test",
    ...body,
  });
  if (answer.status !== 201) throw new Error(`making a key answered ${answer.status}: ${answer.text}`);
  return answer.body as MadeKey;
}

/** Who sends this key, and nothing that a browser would. */
export function holder({ anonymous }: Pick<Service, "anonymous">, key: string, header = "authorization"): Actor {
  const value = header === "authorization" ? `Bearer ${key}` : key;
  const request: Actor["request"] = (method, path, init = {}) =>
    anonymous.request(method, path, { ...init, headers: { [header]: value, ...init.headers } });
  return { ...anonymous, ...clientOf(request) };
}

/** A service with a key as the command line makes them: of one organization, or of the whole platform. */
export async function serviceKey(
  service: Service,
  organizationId: string | null = null,
  permissions: Permission[] = ["token:introspect"],
): Promise<Actor> {
  const { key } = await createServiceKey(service.deps, { name: "a service", organizationId, permissions });
  return holder(service, key);
}

/**
 * A key of the organization that its owner made, with these permissions. Written past the routes, so with any that are
 * declared.
 */
export async function keyHolder(
  service: Service,
  { id: referenceId, owner }: Organization,
  permissions: readonly Permission[],
): Promise<Actor> {
  const key = generateApiKey();
  const now = service.clock.now();
  const made = { id: Bun.randomUUIDv7(), referenceId, createdBy: owner.userId, name: "for a test" };
  const held = { key: hashApiKey(key), permissions: permissionColumn(permissions), createdAt: now, updatedAt: now };
  await service.database.db.insert(apikey).values({ ...made, ...held });
  return holder(service, key);
}
