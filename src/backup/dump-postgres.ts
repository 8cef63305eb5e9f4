import { OperatorError } from "../core/operator-error.ts";
import { appliedTo, countsOf, tablesOf } from "../db/contents.ts";
import type { Connection } from "../db/driver/connection.ts";
import { query } from "../db/migration-lock.ts";
import type { Database } from "../db/types.ts";
import type { Dump } from "./dump.ts";
import { type Child, findTools } from "./tools.ts";

export const dumpFile = "database.dump";

/** The way to PostgreSQL itself. */
export type Urls = { readonly url: string; readonly directUrl?: string | undefined };

/** Dumps by pg_dump what one transaction sees, which also counts the rows. Others write meanwhile. */
export function dumpPostgres(database: Database, urls: Urls): Dump {
  return ({ put, progress }) =>
    database.session(async (on) => {
      const version = await serverVersion(on);
      const seen = (line: string) => {
        const table = /dumping contents of table "?public\."?([^"]+)"?/.exec(line)?.[1];
        if (table !== undefined) progress(table);
      };
      const tools = await findTools(["pg_dump"], { url: urls.directUrl ?? urls.url, server: version }, seen);
      await on.exec(
        "begin isolation level repeatable read read only; set local statement_timeout = 0; " +
          "set local idle_in_transaction_session_timeout = 0; set local app.backup = 'on'",
      );
      try {
        await refuseHidden(on);
        const [snapshot] = await query<{ id: string }>(on, "select pg_export_snapshot() as id");
        const schema = await appliedTo(on);
        const tables = await tablesOf(on);
        const counts = await countsOf(
          on,
          tables.map(({ name }) => name),
        );
        const args = [
          "--format=custom",
          "--no-owner",
          "--no-acl",
          "--enable-row-security",
          "--verbose",
          "--lock-wait-timeout=60s",
        ];
        const only = ["--schema=public", "--schema=gatehouse", `--snapshot=${snapshot?.id}`];
        const child = tools.spawn("pg_dump", [...args, ...only], "ignore");
        const written = await put(dumpFile, child.stdout).catch((err: unknown) => {
          child.kill();
          throw err;
        });
        await refuseFailed("pg_dump", child);
        return {
          version,
          schema,
          tables: tables.map(({ name, columns }) => ({
            name,
            columns: [...columns],
            rows: counts.get(name) ?? 0,
            file: null,
          })),
          sequences: [],
          files: [{ name: dumpFile, ...written }],
        };
      } finally {
        await on.exec("rollback; reset statement_timeout").catch(() => {});
      }
    });
}

/** A role that row-level security binds must be let through by a policy of every table, or rows would be missing. */
async function refuseHidden(on: Connection): Promise<void> {
  const rows = await query<{ name: string }>(
    on,
    `select c.relname as name from pg_class c join pg_roles r on r.rolname = current_user
     where c.relnamespace = 'public'::regnamespace and c.relrowsecurity and not (r.rolsuper or r.rolbypassrls)
       and (c.relforcerowsecurity or not pg_has_role(c.relowner, 'USAGE'))
       and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = c.relname || '_backup')`,
  );
  if (rows.length > 0)
    throw new OperatorError(
      `row-level security hides rows of ${rows.map(({ name }) => name).join(", ")} from this user: run db migrate first, or connect as the owner of the tables or a superuser`,
    );
}

/** PostgreSQL's major version. */
export async function serverVersion(on: Connection): Promise<number> {
  const text = "select current_setting('server_version_num')::int / 10000 as version";
  const [row] = await query<{ version: number }>(on, text);
  return row?.version ?? 0;
}

/** @throws OperatorError with what a program said that failed. */
export async function refuseFailed(program: string, child: Child): Promise<void> {
  const fault = await child.ended;
  if (fault !== null) throw new OperatorError(`${program} failed: ${fault}`);
}
