import { and, eq, inArray } from "drizzle-orm";
import { type PgColumn, unionAll } from "drizzle-orm/pg-core";
import type { z } from "zod";
import { isUuid } from "../../../core/principal.ts";
import { notFound } from "../../../core/problem.ts";
import type { Held, Hold } from "../../../core/scope.ts";
import { paged } from "../../../db/schema/paged.ts";
import type { Tx } from "../../../db/types.ts";
import { audienceOf, type NavigationScope, visibleFrom, withShared } from "./audience.ts";
import type { PageQuery } from "./schemas.ts";
import type { menuItem, view } from "./table.ts";

type Options = {
  /** Names the list in its cursors. */
  list: string;
  /** The row as the API sends it, from which its version is taken. */
  schema: z.ZodType;
  /** The lock taken on a row before a change. */
  lock: "update" | "no key update";
};

/** Rows that an organization has for itself, or that all of them share: seen together, written each from its own scope. */
export function audienceRows<Row extends { id: string; organizationId: string | null }>(
  of: typeof view | typeof menuItem,
  columns: Readonly<Record<string, PgColumn>>,
  { list, schema, lock: strength }: Options,
) {
  // Both tables have these columns.
  const table = of as typeof view;
  const byId = (scope: NavigationScope, id: string) => and(eq(table.audience, audienceOf(scope)), eq(table.id, id));

  return {
    /** One row of the scope's own audience. */
    byId,

    /** One page of the organization's rows and the shared ones, oldest first. */
    list: async (scope: NavigationScope, query: z.infer<typeof PageQuery>) => {
      const order = { list, table, key: "id", direction: "asc" } as const;
      const { data, nextCursor } = await paged(scope, order, query, ({ after, orderBy, limit }) => {
        const within = (audience: string) =>
          scope.db
            .select(columns)
            .from(table)
            .where(and(eq(table.audience, audience), after))
            .orderBy(...orderBy)
            .limit(limit);
        const [shared, own] = visibleFrom(scope).map(within);
        const rows =
          own === undefined
            ? shared!
            : unionAll(shared!, own)
                .orderBy(...orderBy)
                .limit(limit);
        return rows as unknown as PromiseLike<Row[]>;
      });
      return { data: data.map(withShared), nextCursor };
    },

    /** @throws 404. */
    get: async (scope: NavigationScope, id: string) => {
      const visible = and(inArray(table.audience, visibleFrom(scope)), eq(table.id, id));
      const [row] = isUuid(id) ? await scope.db.select(columns).from(table).where(visible) : [];
      if (!row) throw notFound();
      return withShared(row as Row);
    },

    /** Locks a row of the scope's own audience and holds it to what the request demands. @throws 404, 412. */
    async lock(tx: Tx, hold: Hold, scope: NavigationScope, id: string): Promise<Held<Row>> {
      const [row] = isUuid(id) ? await tx.select(columns).from(table).where(byId(scope, id)).for(strength) : [];
      if (!row) throw notFound();
      const { shared: _, ...held } = hold({ ...row, ...withShared(row as Row) } as never, schema) as object & {
        shared: boolean;
      };
      return held as unknown as Held<Row>;
    },
  };
}
