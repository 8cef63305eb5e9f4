import type { DBAdapter } from "@better-auth/core/db/adapter";
import { APIError } from "better-auth/api";
import type { getAuthTables } from "better-auth/db";

const most = 1_000_000;
const whollyRead = new Set(["member", "organizationRole", "apikey"]);

/**
 * Members, roles and keys are read whole: better-auth looks for an organization's owners, and for a member's roles, among
 * the first hundred that it finds, and cuts pages of keys out of what it has read. What a client wants a list sorted by is a field, or a 400.
 */
export const wholeOver =
  (tables: ReturnType<typeof getAuthTables>) =>
  (adapter: DBAdapter): DBAdapter => ({
    ...adapter,
    findOne: (data) =>
      adapter.findOne(
        data.join?.["member"] === true ? { ...data, join: { ...data.join, member: { limit: most } } } : data,
      ),
    findMany: async (data) => {
      const field = data.sortBy?.field ?? "id";
      if (field !== "id" && !Object.hasOwn(tables[data.model]?.fields ?? {}, field))
        throw new APIError("BAD_REQUEST", {
          code: "INVALID_SORT_FIELD",
          message: "There is no such field to sort by.",
        });
      return adapter.findMany(whollyRead.has(data.model) ? { ...data, limit: data.limit ?? most } : data);
    },
  });
