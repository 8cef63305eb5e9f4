import type { Database } from "../../src/db/types.ts";

/** What exists in a database's schemas `public` and `guard`, a line each; `where` says which object a line is about. */
export type Catalog = readonly string[];

// Names of objects are text; nothing depends on oids, on the order of columns or on the server's version.
const parts: string[] = [
  `select 'table ' || relname || case when relrowsecurity then ', row security' else '' end
     || case when relforcerowsecurity then ', forced' else '' end
   from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f', 'S')`,
  `select 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
     || case when a.attnotnull then ' not null' else '' end
     || case a.attgenerated when '' then ' default ' else ' generated ' end || coalesce(pg_get_expr(d.adbin, d.adrelid), '-')
     || case when a.attidentity <> '' then ' identity' else '' end
     || coalesce(' collate ' || nullif(a.attcollation::regcollation::text, 'pg_catalog."default"'), '')
   from pg_attribute a join pg_class c on c.oid = a.attrelid
   left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
   where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`,
  `select 'index ' || indexname || ' ' || indexdef from pg_indexes where schemaname = 'public'`,
  // PostgreSQL 18 lists NOT NULL here too; the columns say it already.
  `select 'constraint ' || conrelid::regclass || '.' || conname || ' ' || pg_get_constraintdef(oid)
     || case when convalidated then '' else ' (not valid)' end
   from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n' and conrelid <> 0`,
  `select 'policy ' || tablename || '.' || policyname || ' ' || permissive || ' ' || cmd || ' to ' || array_to_string(roles, ',')
     || ' using ' || coalesce(qual, '-') || ' check ' || coalesce(with_check, '-')
   from pg_policies where schemaname = 'public'`,
  `select 'trigger ' || tgrelid::regclass || '.' || tgname || ' ' || pg_get_triggerdef(t.oid) || ' ' || tgenabled::text
   from pg_trigger t join pg_class c on c.oid = tgrelid
   where not tgisinternal and c.relnamespace = 'public'::regnamespace`,
  `select 'function ' || p.oid::regprocedure || ' ' || md5(pg_get_functiondef(p.oid))
   from pg_proc p where pronamespace::regnamespace::text in ('public', 'guard') and prokind in ('f', 'p')
     and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`,
  `select 'enum ' || t.typname || ' ' || string_agg(e.enumlabel, ',' order by e.enumsortorder)
   from pg_type t join pg_enum e on e.enumtypid = t.oid where t.typnamespace = 'public'::regnamespace group by t.typname`,
  `select 'type ' || typname || ' ' || typtype::text from pg_type
   where typnamespace = 'public'::regnamespace and typtype in ('d', 'r', 'm') `,
  `select 'grant ' || c.relname || ' to ' || g.grantee::regrole || ' ' || string_agg(g.privilege_type, ',' order by g.privilege_type)
   from pg_class c cross join aclexplode(c.relacl) g
   where c.relnamespace = 'public'::regnamespace and g.grantee <> c.relowner and g.grantee <> 0 group by c.relname, g.grantee`,
  `select 'grant ' || c.relname || ' to public ' || g.privilege_type from pg_class c cross join aclexplode(c.relacl) g
   where c.relnamespace = 'public'::regnamespace and g.grantee = 0`,
  `select 'grant ' || c.relname || '.' || a.attname || ' to ' || g.grantee::regrole || ' ' || g.privilege_type
   from pg_attribute a join pg_class c on c.oid = a.attrelid cross join aclexplode(a.attacl) g
   where c.relnamespace = 'public'::regnamespace`,
  `select 'grant schema ' || n.nspname || ' to ' || g.grantee::regrole || ' ' || g.privilege_type
   from pg_namespace n cross join aclexplode(n.nspacl) g
   where g.grantee::regrole::text = 'gatehouse_app'`,
  `select 'grant function ' || p.oid::regprocedure || ' to ' || case g.grantee when 0 then 'public' else g.grantee::regrole::text end
   from pg_proc p cross join aclexplode(p.proacl) g where p.pronamespace::regnamespace::text in ('public', 'guard') and g.grantee <> p.proowner`,
  `select 'extension ' || extname from pg_extension where extname <> 'plpgsql'`,
  `select 'schema ' || nspname from pg_namespace where nspname !~ '^pg_' and nspname not in ('public', 'information_schema', 'gatehouse')`,
];

export async function catalogOf(database: Database): Promise<Catalog> {
  const text = parts.map((part) => `select line from (${part}) as part (line)`).join(" union all ");
  const rows = await database.statement<{ line: string }>("", text, []);
  return rows.map(({ line }) => line).toSorted();
}
