import type { Connection } from "./driver/connection.ts";
import { countsOf, quoted, tablesOf } from "./contents.ts";
import { query } from "./migration-lock.ts";

/**
 * What is wrong with what a database holds, a line each; empty where all is well. Reads every table whole.
 *
 * @param expected how many rows tables have, where that is known.
 */
export async function integrity(on: Connection, expected?: ReadonlyMap<string, number>): Promise<string[]> {
  // The owner, too, sees the rows of forced row-level security with it; see guards/tenancy.sql.
  await on.exec("set app.backup = 'on'");
  try {
    return [...(await missingRows(on, expected)), ...(await orphans(on)), ...(await unguarded(on))];
  } finally {
    await on.exec("reset app.backup").catch(() => {});
  }
}

async function missingRows(on: Connection, expected: ReadonlyMap<string, number> = new Map()): Promise<string[]> {
  const there = new Set((await tablesOf(on)).map(({ name }) => name));
  const counts = await countsOf(
    on,
    [...expected.keys()].filter((name) => there.has(name)),
  );
  return [...expected].flatMap(([name, rows]) => {
    if (!there.has(name)) return [`the table ${name} is missing`];
    return counts.get(name) === rows ? [] : [`the table ${name} has ${counts.get(name)} rows in place of ${rows}`];
  });
}

type Link = { name: string; child: string; parent: string; child_columns: string[]; parent_columns: string[] };

/** Rows that point to what isn't there, which a foreign key that was switched off lets in, and keys never checked. */
async function orphans(on: Connection): Promise<string[]> {
  const links = await query<Link & { valid: boolean }>(
    on,
    `select k.conname as name, k.conrelid::regclass::text as child, k.confrelid::regclass::text as parent, k.convalidated as valid,
       (select array_agg(a.attname::text order by o) from unnest(k.conkey) with ordinality u (n, o)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n) as child_columns,
       (select array_agg(a.attname::text order by o) from unnest(k.confkey) with ordinality u (n, o)
        join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.n) as parent_columns
     from pg_constraint k where k.contype = 'f' and k.connamespace = 'public'::regnamespace order by 1`,
  );
  const faults: string[] = [];
  for (const { name, child, parent, child_columns, parent_columns, valid } of links) {
    if (!valid) faults.push(`the foreign key ${name} of ${child} was never checked`);
    const same = child_columns.map((column, i) => `c.${quoted(column)} = p.${quoted(parent_columns[i] ?? "")}`);
    const given = child_columns.map((column) => `c.${quoted(column)} is not null`);
    const [row] = await query<{ rows: number }>(
      on,
      `select count(*)::float8 as rows from ${child} c where ${given.join(" and ")}
         and not exists (select from ${parent} p where ${same.join(" and ")})`,
    );
    if (row && row.rows > 0) faults.push(`${row.rows} rows of ${child} point to no row of ${parent} (${name})`);
  }
  return faults;
}

/** Row-level security and triggers that the guards switch on and somebody has switched off. */
async function unguarded(on: Connection): Promise<string[]> {
  const rows = await query<{ fault: string }>(
    on,
    `select 'row-level security is off for ' || c.relname as fault from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity
       and (exists (select from pg_policy p where p.polrelid = c.oid)
         or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped))
     union all
     select 'the trigger ' || t.tgname || ' of ' || t.tgrelid::regclass || ' is off' from pg_trigger t
     join pg_class c on c.oid = t.tgrelid
     where c.relnamespace = 'public'::regnamespace and t.tgenabled in ('D', 'R')
     order by 1`,
  );
  return rows.map(({ fault }) => fault);
}
