import { sql } from "drizzle-orm";
import type { Db, Database } from "./types.ts";

/** Changes every row of a table that needs it, after the migration that made room for the change. */
export type Backfill = {
  /** What the database knows it by: never another one's, also when this one is gone. */
  readonly name: string;
  /** The table, and its key, by whose order its rows are looked at. */
  readonly table: string;
  readonly key: { readonly column: string; readonly type: "text" | "uuid" | "bigint" };
  /** SQL: what is set, such as `label = upper(name)`. */
  readonly set: string;
  /** SQL: which rows need it, such as `label is null`. False for a row that has it, so that it can be done twice. */
  readonly where: string;
};

/** @param batch rows that are looked at in one transaction. @param rest how many times as long as it took nobody goes on. */
export type BackfillPace = { readonly batch: number; readonly rest: number };

/** How far a backfill has come. */
export type BackfillProgress = {
  readonly name: string;
  /** Rows that this pass over the table has looked at, of about so many, and rows that all passes have changed. */
  readonly seen: number;
  readonly total: number;
  readonly changed: number;
  readonly finished: boolean;
};

/** In the background: a fifth of one connection. */
export const gently: BackfillPace = { batch: 500, rest: 4 };

/** What came of a try: nothing is left, or when to try again, in milliseconds. */
export type BackfillStep = { readonly finished: boolean; readonly waitMs: number };

type State = { cursor: string | null; changed: number; finished: boolean; waitMs: number };

/** How long to leave it to another process that is at it. */
const othersMs = 1_000;

/**
 * Looks at the next rows and changes those that need it, in one transaction; another process that is at it, or has been
 * a moment ago, is left its turn. A pass over the table that changed nothing is the last one: a release that doesn't
 * know of the change writes rows behind the first.
 */
export function backfillStep(database: Database, it: Backfill, pace: BackfillPace): Promise<BackfillStep> {
  const started = performance.now();
  return database.db.transaction(async (tx) => {
    // Where policies would hide rows from the owner this is an error, instead of nothing to do.
    await tx.execute(sql`set local row_security = off`);
    const { rows } =
      await tx.execute<State>(sql`select cursor, changed::float8 as changed, finished_at is not null as finished,
        greatest(0, extract(epoch from next_at - clock_timestamp()) * 1000)::float8 as "waitMs"
      from gatehouse.backfill where name = ${it.name} for update skip locked`);
    const [state] = rows;
    if (state === undefined) return { finished: false, waitMs: othersMs };
    if (state.finished || state.waitMs > 0) return state;
    const { last, seen, changed } = await changeNext(tx, it, state.cursor, pace.batch);
    const finished = last === null && state.changed === 0;
    const waitMs = Math.round((performance.now() - started) * pace.rest);
    // At the end of a pass the next one begins.
    const soFar = last === null ? sql`0, 0` : sql`seen + ${seen}, changed + ${changed}`;
    await tx.execute(sql`update gatehouse.backfill set cursor = ${last}, (seen, changed) = row(${soFar}),
      changed_in_all = changed_in_all + ${changed}, next_at = clock_timestamp() + ${waitMs} * interval '1 ms',
      finished_at = case when ${finished} then clock_timestamp() end where name = ${it.name}`);
    return { finished, waitMs };
  });
}

type Changed = { last: string | null; seen: number; changed: number };

async function changeNext(
  tx: Pick<Db, "execute">,
  it: Backfill,
  cursor: string | null,
  batch: number,
): Promise<Changed> {
  const [table, key] = [sql.identifier(it.table), sql.identifier(it.key.column)];
  const after = cursor === null ? sql`true` : sql`${key} > ${cursor}::${sql.raw(it.key.type)}`;
  const { rows } = await tx.execute<Changed>(sql`
    with page as (select ${key} as backfill_key from ${table} where ${after} order by ${key} limit ${batch}),
      held as (
        select ${key} as backfill_key from ${table} where ${key} in (select backfill_key from page) and (${sql.raw(it.where)})
        order by ${key} for no key update
      ),
      done as (update ${table} set ${sql.raw(it.set)} from held where ${table}.${key} = held.backfill_key returning 1)
    select (select backfill_key::text from page order by page.backfill_key desc limit 1) as last,
      (select count(*) from page)::float8 as seen, (select count(*) from done)::float8 as changed`);
  return rows[0] ?? { last: null, seen: 0, changed: 0 };
}

/** Notes backfills that are new, so that processes can take turns at them. */
export async function noteBackfills(database: Database, all: readonly Backfill[]): Promise<void> {
  for (const { name } of all)
    await database.db.execute(
      sql`insert into gatehouse.backfill (name) values (${name}) on conflict (name) do nothing`,
    );
}

/** Begins a backfill again, whether it is finished or not. */
export async function repeatBackfill(database: Database, { name }: Backfill): Promise<void> {
  await database.db.execute(sql`update gatehouse.backfill set cursor = null, seen = 0, changed = 0, finished_at = null,
    next_at = clock_timestamp() where name = ${name}`);
}

/** How far each has come. The number of rows is the planner's estimate. */
export async function backfillProgress(database: Database, all: readonly Backfill[]): Promise<BackfillProgress[]> {
  const { rows } = await database.db.execute<{ name: string; seen: number; changed: number; finished: boolean }>(
    sql`select name, seen::float8 as seen, changed_in_all::float8 as changed, finished_at is not null as finished from gatehouse.backfill`,
  );
  return Promise.all(
    all.map(async ({ name, table }) => {
      const { seen = 0, changed = 0, finished = false } = rows.find((row) => row.name === name) ?? {};
      const estimate = await database.db.execute<{ total: number }>(
        sql`select greatest(reltuples, 0)::float8 as total from pg_class where oid = to_regclass(quote_ident(${table}))`,
      );
      return { name, seen, total: Math.max(seen, estimate.rows[0]?.total ?? 0), changed, finished };
    }),
  );
}
