import type { DBAdapter } from "@better-auth/core/db/adapter";

const most = 1_000_000;
const unlimitedModels = new Set(["member", "organizationRole", "apikey"]);

/**
 * Lifts better-auth's implicit limit of 100 rows for members, roles and keys, which it filters and pages in memory.
 */
export const unlimited = (adapter: DBAdapter): DBAdapter => ({
  ...adapter,
  findOne: (data) =>
    adapter.findOne(
      data.join?.["member"] === true ? { ...data, join: { ...data.join, member: { limit: most } } } : data,
    ),
  findMany: (data) => adapter.findMany(unlimitedModels.has(data.model) ? { ...data, limit: data.limit ?? most } : data),
});
