import { desc, eq } from "drizzle-orm";
import { generateApiKey, hashApiKey, permissionColumn, permissionList, startLength } from "../core/api-key.ts";
import { difference, type RecordAudit } from "../core/audit.ts";
import type { Clock } from "../core/clock.ts";
import type { Permission } from "../core/permission.ts";
import type { OrganizationSelector } from "../core/principal.ts";
import { asApp } from "../db/as-app.ts";
import type { Database, Tx } from "../db/client.ts";
import { apikey } from "./key-table.ts";
import { organization } from "./tables.ts";

/** The owner of a key that belongs to the whole platform. */
export const platform = "platform";

/** A key of another service: it hangs on no person, and the command line alone makes and ends it. */
export type ServiceKey = {
  id: string;
  name: string;
  start: string;
  /** The organization that it is bound to; null for the whole platform. */
  organizationId: string | null;
  permissions: Permission[];
  createdAt: Date;
  lastUsedAt: Date | null;
};

type Ports = { database: Database; recordAudit: RecordAudit; clock: Clock };
type Row = typeof apikey.$inferSelect;

/** The organization of that id or slug. Null: there is none. */
export async function findOrganization(
  { db }: Database,
  selector: OrganizationSelector,
): Promise<{ id: string; slug: string } | null> {
  if (selector.by !== "id" && selector.by !== "slug") return null;
  const match = selector.by === "id" ? eq(organization.id, selector.id) : eq(organization.slug, selector.slug);
  const [found] = await db.select({ id: organization.id, slug: organization.slug }).from(organization).where(match);
  return found ?? null;
}

/** @returns the row, and the key itself, which is stored nowhere. */
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
  return { ...shown(row), key };
}

/** Every service key, newest first. */
export async function listServiceKeys({ db }: Database): Promise<ServiceKey[]> {
  const rows = await db.select().from(apikey).where(eq(apikey.configId, "service")).orderBy(desc(apikey.createdAt));
  return rows.map(shown);
}

/** Ends a service key for good. @returns whether there was one. */
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
  await asApp(tx, { "app.organization_id": organizationId ?? "", "app.user_id": "" }, () =>
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

const shown = (row: Row): ServiceKey => ({
  id: row.id,
  name: row.name ?? "",
  start: row.start ?? "",
  organizationId: row.organizationId,
  permissions: permissionList(row.permissions).toSorted(),
  createdAt: row.createdAt,
  lastUsedAt: row.lastRequest,
});
