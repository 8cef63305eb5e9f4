import type { Connection } from "./driver/connection.ts";
import { query } from "./migration-lock.ts";

export type Table = {
  readonly name: string;
  /** Those that are written, in their order: what the database generates isn't among them. */
  readonly columns: readonly string[];
};

/** What is in `public` and belongs to no extension. */
const own = (oid: string) => `not exists (select from pg_depend d where d.objid = ${oid} and d.deptype = 'e')`;

/** The tables of the database, by name. */
export async function tablesOf(on: Connection): Promise<Table[]> {
  return await query<Table>(
    on,
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and ${own("c.oid")}
     group by c.relname order by c.relname`,
  );
}

/** How many rows each table has, as the transaction sees them. */
export async function countsOf(on: Connection, names: readonly string[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const name of names) {
    const [row] = await query<{ rows: number }>(on, `select count(*)::float8 as rows from ${quoted(name)}`);
    counts.set(name, row?.rows ?? 0);
  }
  return counts;
}

/** Where the sequences stand. */
export function sequencesOf(on: Connection): Promise<{ name: string; value: string }[]> {
  return query(
    on,
    `select sequencename as name, last_value::text as value from pg_sequences
     where schemaname = 'public' and last_value is not null order by 1`,
  );
}

/** What is applied, in the order of the tags, and not the guards. Empty where there is no history of migrations. */
export async function appliedTo(on: Connection): Promise<{ tag: string; checksum: string }[]> {
  if (!(await hasHistory(on))) return [];
  return query(on, "select tag, checksum from gatehouse.schema_migration where tag <> 'guards' order by tag");
}

/** What a database holds already, for who is about to fill it. `foreign`: tables, and no history of ours. */
export async function fullness(on: Connection): Promise<"empty" | "ours" | "foreign"> {
  const tables = await tablesOf(on);
  if (tables.length === 0) return "empty";
  if ((await appliedTo(on)).length === 0) return "foreign";
  for (const { name } of tables) {
    if (name === "heartbeat") continue;
    const [row] = await query<{ some: boolean }>(on, `select exists (select from ${quoted(name)}) as some`);
    if (row?.some) return "ours";
  }
  return "empty";
}

async function hasHistory(on: Connection): Promise<boolean> {
  const [row] = await query<{ found: string | null }>(
    on,
    "select to_regclass('gatehouse.schema_migration')::text as found",
  );
  return row?.found != null;
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Drops all that is in the schemas of this service, but for extensions. A text of statements. */
export const emptying = `drop schema if exists guard cascade; drop schema if exists gatehouse cascade;
do $$ declare dropping text; begin
  -- Named before the first is dropped, since others may go with it.
  select string_agg(format('drop %s if exists %s cascade', kind, name), '; ') into dropping from (
    select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end,
        c.oid::regclass::text from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S') and ${own("c.oid")}
    union all
    select 'type', t.oid::regtype::text from pg_type t
      where t.typnamespace = 'public'::regnamespace and t.typtype in ('e', 'd') and ${own("t.oid")}
    union all
    select 'routine', p.oid::regprocedure::text from pg_proc p
      where p.pronamespace = 'public'::regnamespace and p.prokind in ('f', 'p') and ${own("p.oid")}
  ) all_of_it (kind, name);
  if dropping is not null then execute dropping; end if;
end $$;`;
