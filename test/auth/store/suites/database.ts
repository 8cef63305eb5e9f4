import type { DBAdapter } from "@better-auth/core/db/adapter";
import type { BetterAuthOptions } from "better-auth";
import { getAuthTables } from "better-auth/db";
import { organization } from "better-auth/plugins/organization";
import { auditedAdapter } from "../../../../src/auth/store/adapter.ts";
import { parseConfig } from "../../../../src/config/index.ts";
import { liteRunner } from "../../../../src/db/driver/pglite.ts";
import { Mutex } from "../../../../src/db/drizzle/mutex.ts";
import { foundationOf, handles, openDatabase, pgliteOf } from "../../../../src/db/open.ts";
import type { Database, Schema } from "../../../../src/db/types.ts";
import { openDeps } from "../../../../src/deps.ts";
import { createLog } from "../../../../src/ops/log.ts";
import { freshDatabase } from "../../../harness/database.ts";
import type { FreshDatabase } from "../../../harness/fresh-database.ts";
import { secret } from "../../../harness/people.ts";
import { tablesOf } from "./tables.ts";

/**
 * The service's adapter over a migrated database, for better-auth options that change. History and mail go where they
 * always go; better-auth's tables are made anew by each `migrate`, in a schema that is looked through first.
 */
export async function openAdapter() {
  const fresh = await freshDatabase();
  const deps = await openDeps(parseConfig({ NODE_ENV: "test", EMAIL_CODE: "on" }), secret, {
    database: fresh.database,
    log: createLog("error", { write: (line) => void process.stderr.write(line) }),
    mailer: { send: async () => {}, close() {} },
  });
  const { recordAudit, post, clock } = deps;
  // What the application makes along with a person refers to its own table of people.
  const provision = { user: async () => {}, organization: async () => {} };
  const signIn = { providers: [], methods: new Set(["emailCode"] as const), sessionLifetime: 90 * 86_400 };
  const others = { recordAudit, post, clock, provision, signIn, committed() {} };

  let tables = "";
  let opened: Opened | undefined;
  let made: { options: BetterAuthOptions; adapter: DBAdapter } | undefined;

  async function migrate(options: BetterAuthOptions): Promise<void> {
    await opened?.close();
    made = undefined;
    const { schema, ddl } = tablesOf(whole(options));
    // Every second migration is to what is there.
    if (ddl !== tables) await fresh.database.session((on) => on.exec(`${emptied} ${ddl} ${added}`));
    tables = ddl;
    opened = await openOver(fresh, schema as Schema);
  }

  function adapter(options: BetterAuthOptions): DBAdapter {
    // The suites ask for it before each call.
    if (made?.options === options) return made.adapter;
    // They ask for its name before they migrate for the first time.
    const { database, schema } = opened ?? { ...fresh, schema: tablesOf(whole(options)).schema as Schema };
    made = { options, adapter: auditedAdapter({ database, schema, ...others })(whole(options)) };
    return made.adapter;
  }

  async function close(): Promise<void> {
    await opened?.close();
    await deps.close();
    await fresh.dispose();
  }

  return { adapter, migrate, close };
}

const { schema: organizations } = organization();
const { invitation, member } = organizations;

/** With the models that the adapter looks through when a person is deleted, whichever plugins there are. */
function whole(options: BetterAuthOptions): BetterAuthOptions {
  if (getAuthTables(options)["member"]) return options;
  const plugin = { id: "members", schema: { organization: organizations.organization, member, invitation } };
  return { ...options, plugins: [...(options.plugins ?? []), plugin] };
}

const emptied = "drop schema if exists suites cascade; create schema suites; set search_path to suites, public;";

/** This service's own columns of better-auth's tables. */
const added = `
  alter table "user" add column if not exists two_factor_enabled boolean default false;
  alter table "session" add column method text, add column factors smallint default 1,
    add column authenticated_at timestamptz(3);`;

type Opened = { database: Database; schema: Schema; close(): Promise<void> };

/** Opens the same database for drizzle with the tables of `schema`. */
async function openOver({ database, url }: FreshDatabase, schema: Schema): Promise<Opened> {
  const lite = pgliteOf(database);
  if (lite) {
    // PGlite's one connection keeps the path that the migration set.
    const runner = liteRunner(lite, new Mutex("The database was used inside its own transaction"));
    const other = { ...database, ...handles(foundationOf({ schema }), runner, () => runner) };
    return { database: other, schema, close: async () => {} };
  }
  const suites = new URL(url ?? "");
  // Nothing of this database is needed after a crash.
  suites.searchParams.set("options", "-c search_path=suites,public -c synchronous_commit=off");
  const other = await openDatabase({ url: suites.href, schema });
  return { database: other, schema, close: () => other.close() };
}
