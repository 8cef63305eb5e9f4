import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OperatorError } from "../core/operator-error.ts";
import { emptying, literal, quoted } from "../db/contents.ts";
import { advisoryLock } from "../db/locks.ts";
import type { Migration } from "../db/migration-files.ts";
import { announcing, catchingUp, refuseFull, sinceApplied } from "../db/rebuild.ts";
import type { Database } from "../db/types.ts";
import type { RestoreOptions, Source } from "./dump.ts";
import { dumpFile, refuseFailed, serverVersion, type Urls } from "./dump-postgres.ts";
import type { Manifest } from "./manifest.ts";
import { type Child, findTools, type Tools } from "./tools.ts";

/**
 * Restores by pg_restore and psql, in one transaction: what is there goes, what was dumped comes, is counted and brought to
 * this release's schema. Whoever is killed or fails meanwhile leaves the database as it was.
 */
export async function restorePostgres(
  database: Database,
  urls: Urls,
  source: Source,
  { force, progress }: RestoreOptions,
): Promise<void> {
  const { manifest } = source;
  const { made, pending } = await sinceApplied(manifest.schema);
  const version = await database.session(async (on) => {
    await refuseFull(on, force);
    return serverVersion(on);
  });
  if (version < manifest.version)
    throw new OperatorError(
      `the backup is of PostgreSQL ${manifest.version}, newer than this server's ${version}: restore it to version ${manifest.version} or later`,
    );
  const seen = (line: string) => {
    const table = /processing data for table "?public\."?([^"]+)"?/.exec(line)?.[1];
    if (table !== undefined) progress(table);
  };
  const tools = await findTools(["pg_restore", "psql"], { url: urls.directUrl ?? urls.url, server: version }, seen);
  const folder = await mkdtemp(join(tmpdir(), "gatehouse-restore-"));
  try {
    const list = join(folder, "list");
    await writeFile(list, await wanted(tools, source));
    const before = beginning(made);
    await run(
      tools,
      source,
      list,
      before,
      `${counting(manifest)}\n${await catchingUp(pending)}\n${announcing};\ncommit;\nanalyze;\n`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(tools: Tools, source: Source, list: string, before: string, after: string): Promise<void> {
  const args = ["--file=-", "--no-owner", "--no-acl", "--verbose", `--use-list=${list}`];
  const restoring = tools.spawn("pg_restore", args, "pipe");
  const psql = tools.spawn("psql", ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"], "pipe");
  const ends = [restoring, psql].map(({ ended }) => ended);
  try {
    await feed(psql, textOf(before));
    await Promise.all([feed(restoring, source.open(dumpFile), true), feed(psql, portable(restoring.stdout), false)]);
    await refuseFailed("pg_restore", restoring);
    source.verified(dumpFile);
    await feed(psql, textOf(after), true);
    await refuseFailed("psql", psql);
  } catch (err) {
    restoring.kill();
    psql.kill();
    if (err instanceof OperatorError && !isBroken(err)) throw err;
    // A pipe broke: who read from it has said why.
    const faults = await Promise.all(ends);
    const why = faults.toReversed().find((fault) => fault !== null && !/ended with/.test(fault));
    throw new OperatorError(`the restore failed, and nothing was changed: ${why ?? (err as Error).message}`, {
      cause: err,
    });
  }
}

const isBroken = (err: unknown): boolean => (err as { code?: unknown }).code === "EPIPE";

async function* textOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/** Writes to a program as fast as it reads. One that has read enough may close its end: the rest is read all the same. */
async function feed({ stdin }: Child, chunks: AsyncIterable<Uint8Array>, last = false): Promise<void> {
  let broken = false;
  for await (const chunk of chunks) {
    if (broken || !stdin) continue;
    try {
      await stdin.write(chunk);
      await stdin.flush();
    } catch (err) {
      if (!isBroken(err) || !last) throw err;
      broken = true;
    }
  }
  if (last && !broken) await Promise.resolve(stdin?.end()).catch(() => {});
}

/** What isn't restored, since the guards of this release make it again, with the names of this database's roles. */
const unwanted =
  /^\d+; \d+ \d+ (SCHEMA - public|POLICY|ROW SECURITY|TRIGGER|ACL|DEFAULT ACL|EXTENSION|COMMENT - (EXTENSION|SCHEMA)|PUBLICATION|PUBLICATION TABLE|SUBSCRIPTION) /;

/** The dump's table of contents without that. */
async function wanted(tools: Tools, source: Source): Promise<string> {
  const listing = tools.spawn("pg_restore", ["--list"], "pipe");
  const [text] = await Promise.all([new Response(listing.stdout).text(), head(listing, source.open(dumpFile))]);
  await refuseFailed("pg_restore", listing);
  return text
    .split("\n")
    .filter((line) => !unwanted.test(line))
    .join("\n");
}

/** Until it has read what it needs. */
async function head({ stdin }: Child, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const chunk of chunks) {
      await stdin?.write(chunk);
      await stdin?.flush();
    }
  } catch (err) {
    if (!isBroken(err)) throw err;
  }
  await Promise.resolve(stdin?.end()).catch(() => {});
}

/** Without the one setting in its first lines that later programs write and an older server doesn't know. */
async function* portable(script: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const first: Uint8Array[] = [];
  let length = 0;
  const beginning = () =>
    Buffer.from(
      Buffer.concat(first)
        .toString("latin1")
        .replace(/^SET transaction_timeout = 0;\n/m, ""),
      "latin1",
    );
  for await (const chunk of script) {
    if (length >= headerBytes) {
      yield chunk;
      continue;
    }
    first.push(chunk);
    length += chunk.length;
    if (length >= headerBytes) yield beginning();
  }
  if (length < headerBytes) yield beginning();
}

const headerBytes = 4096;

function beginning(made: readonly Migration[]): string {
  const extensions = made.flatMap(({ sql }) => sql.match(/create extension if not exists [\w"]+/gi) ?? []);
  return [
    "begin",
    "set local lock_timeout = '30s'",
    "set local client_min_messages = warning",
    `do $$ begin if not pg_try_advisory_xact_lock(${advisoryLock.migrations}) then
       raise exception 'another process is migrating this database'; end if; end $$`,
    emptying,
    ...extensions,
    "",
  ].join(";\n");
}

/** Fails unless each table has got all of its rows. Ends what the dump has set. */
function counting({ tables }: Manifest): string {
  const checks = tables.map(
    ({ name, rows }) => `select count(*) into found from public.${quoted(name)};
    if found <> ${rows} then raise exception '% got % rows in place of ${rows}', ${literal(name)}, found; end if;`,
  );
  return `reset all; set local lock_timeout = '30s'; set local client_min_messages = warning;
do $$ declare found bigint; begin
${checks.join("\n")}
end $$;`;
}
