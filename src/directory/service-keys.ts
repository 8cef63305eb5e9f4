import { desc, eq } from "drizzle-orm";
import { generateApiKey, hashApiKey, permissionColumn, permissionList, startLength } from "../core/api-key.ts";
import { difference } from "../core/audit.ts";
import type { RecordAudit } from "../core/scope.ts";
import type { Clock } from "../core/clock.ts";
import type { Permission } from "../core/access/permission.ts";
import { asTenant } from "../db/tenant.ts";
import type { Database, Tx } from "../db/types.ts";
import { apikey } from "../auth/tables/api-key.ts";

/** The owner of a key that belongs to the whole platform. */
export const platform = "platform";

/** A key for another service. It belongs to no person, and only the command line creates and revokes it. */
export type ServiceKey = {
  id: string;
  name: string;
  start: string;
  /** The only organization that it works in; null for the whole platform. */
  organizationId: string | null;
  permissions: Permission[];
  createdAt: Date;
  lastUsedAt: Date | null;
};

type Ports = { database: Database; recordAudit: RecordAudit; clock: Clock };
type Row = typeof apikey.$inferSelect;

/** Creates a service key. @returns its row and the key itself, which isn't stored. */
export async function createServiceKey(
  ports: Ports,
  input: { name: string; organizationId: string | null; permissions: readonly Permission[] },
): Promise<ServiceKey & { key: string }> {
  const key = generateApiKey();
  const now = ports.clock();
  const row = await ports.database.db.transaction(async (tx) => {
    const [made] = await tx
      .insert(apikey)
      .values({
        id: Bun.randomUUIDv7(),
        configId: "service",
        referenceId: input.organizationId ?? platform,
        name: input.name,
        prefix: "gh_",
        start: key.slice(0, startLength),
        key: hashApiKey(key),
        permissions: permissionColumn(input.permissions),
        createdAt: now,
        updatedAt: now,
      })
      .returning();
    await record(tx, ports, null, made!);
    return made!;
  });
  return { ...serviceKeyOf(row), key };
}

/** Every service key, newest first. */
export async function listServiceKeys({ db }: Database): Promise<ServiceKey[]> {
  const rows = await db.select().from(apikey).where(eq(apikey.configId, "service")).orderBy(desc(apikey.createdAt));
  return rows.map(serviceKeyOf);
}

/** Deletes a service key. @returns whether there was one. */
export function revokeServiceKey(ports: Ports, id: string): Promise<boolean> {
  return ports.database.db.transaction(async (tx) => {
    const [row] = await tx.select().from(apikey).where(eq(apikey.id, id)).for("update");
    if (row?.configId !== "service") return false;
    await tx.delete(apikey).where(eq(apikey.id, id));
    await record(tx, ports, row, null);
    return true;
  });
}

async function record(tx: Tx, { recordAudit }: Ports, before: Row | null, after: Row | null): Promise<void> {
  const { id: entityId, organizationId } = (after ?? before) as Row;
  await asTenant(tx, { "app.organization_id": organizationId ?? "", "app.user_id": "" }, () =>
    recordAudit(tx, {
      organizationId,
      actor: { type: "system", id: null, impersonatorId: null },
      origin: { requestId: null, ipAddress: null, userAgent: null },
      action: after ? "apiKey.created" : "apiKey.deleted",
      entityId,
      changes: difference(before, after),
    }),
  );
}

const serviceKeyOf = (row: Row): ServiceKey => ({
  id: row.id,
  name: row.name ?? "",
  start: row.start ?? "",
  organizationId: row.organizationId,
  permissions: permissionList(row.permissions).toSorted(),
  createdAt: row.createdAt,
  lastUsedAt: row.lastRequest,
});
