import { type AnyPgColumn, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { openDatabase, type OpenOptions } from "../../src/db/open.ts";
import type { Database } from "../../src/db/types.ts";
import * as schema from "../../src/schema.ts";
import { freshDatabase } from "../harness/database.ts";

/** A table of these tests' own, named as no application's is, with row-level security as those have it. */
export const note = pgTable("test_note", {
  id: integer("id").primaryKey(),
  organizationId: text("organization_id").notNull(),
  title: text("title").notNull().default("untitled"),
  writtenAt: timestamp("written_at", { withTimezone: true }).notNull().defaultNow(),
  replyTo: integer("reply_to").references((): AnyPgColumn => note.id),
});

export const ACME = { "app.organization_id": "acme" };
export const UMBRELLA = { "app.organization_id": "umbrella" };

/** The statements that make the table and its three notes. */
export const NOTES = [
  `create table test_note (
    id int primary key,
    organization_id text not null,
    title text not null default 'untitled',
    written_at timestamptz not null default now(),
    reply_to int references test_note deferrable initially deferred
  )`,
  "alter table test_note enable row level security",
  "alter table test_note force row level security",
  `create policy test_note_organization on test_note to gatehouse_app
    using (organization_id = (select nullif(current_setting('app.organization_id', true), '')))`,
  "create policy test_note_owner on test_note to current_user using (true)",
  "grant select, insert, update, delete on test_note to gatehouse_app",
  "insert into test_note (id, organization_id) values (1, 'acme'), (2, 'acme'), (3, 'umbrella')",
];

export interface Notes extends AsyncDisposable {
  readonly database: Database;
  readonly url: string | undefined;
}

/** A database with committed notes 1 and 2 of acme, and 3 of umbrella. On PostgreSQL its pool has one connection. */
export async function openNotes(options: Partial<OpenOptions> = {}): Promise<Notes> {
  const fresh = await freshDatabase();
  await fresh.database.session((connection) => connection.exec(NOTES.join(";")));
  if (fresh.url === undefined) return fresh;
  const database = await openDatabase({ url: fresh.url, schema, poolMax: 1, ...options });
  return {
    database,
    url: fresh.url,
    async [Symbol.asyncDispose]() {
      await database.close();
      await fresh.dispose();
    },
  };
}

/** The ids of the notes that `rows` are. */
export const ids = (rows: { id: number }[]) => rows.map(({ id }) => id).toSorted((a, b) => a - b);

/** Who the connection is and what is set on it, outside any scope. */
export async function residue(database: Database): Promise<{ role: string; organization: string; readOnly: string }> {
  const rows = await database.statement<{ role: string; organization: string | null; read_only: string }>(
    "residue",
    `select current_setting('role') as role, current_setting('app.organization_id', true) as organization,
      current_setting('transaction_read_only') as read_only`,
    [],
  );
  const [row] = rows;
  if (!row) throw new Error("No row");
  return { role: row.role, organization: row.organization ?? "", readOnly: row.read_only };
}

export const NOTHING = { role: "none", organization: "", readOnly: "off" };
