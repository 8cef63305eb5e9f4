import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { downFileOf, migrationOf, statementsOf, withGrants } from "./migration-sql.ts";
import { Refusal } from "./run.ts";

type Snapshot = Record<string, unknown>;

const root = join(import.meta.dir, "../..");
const folder = join(root, "drizzle");

/**
 * Writes the migration from the last one's schema to the present one, with the grants that drizzle-kit can't say, and
 * its down file. Null: there is nothing to write.
 *
 * @returns the migration's tag, and whether its down file is complete.
 * @throws Refusal when drizzle-kit wrote nothing: it asks whether something was renamed, which takes a terminal.
 */
export async function generate(options: {
  name?: string;
  custom?: true;
}): Promise<{ tag: string; finished: boolean } | null> {
  if (!options.custom && isDeepStrictEqual(bare(await lastSnapshot()), bare(await presentSnapshot()))) return null;
  const before = new Set(await tags());
  const interactive = process.stdin.isTTY && process.stdout.isTTY;
  const flags = [...(options.name ? ["--name", options.name] : []), ...(options.custom ? ["--custom"] : [])];
  // drizzle-kit exits with 0 also where it gave up: the journal alone says whether it wrote something.
  await Bun.spawn([process.execPath, "x", "--bun", "drizzle-kit", "generate", ...flags], {
    cwd: root,
    stdio: interactive ? ["inherit", "inherit", "inherit"] : ["ignore", "ignore", "ignore"],
  }).exited;
  const tag = (await tags()).find((tag) => !before.has(tag));
  if (tag === undefined) {
    throw new Refusal(
      "drizzle-kit wrote no migration: where something may have been renamed it asks, so run this in a terminal and answer",
    );
  }
  const path = join(folder, `${tag}.sql`);
  const statements = options.custom ? [] : withGrants(statementsOf(await Bun.file(path).text()));
  if (!options.custom) await Bun.write(path, migrationOf(statements));
  const down = downFileOf(tag, statements);
  await mkdir(join(folder, "down"), { recursive: true });
  await Bun.write(join(folder, "down", `${tag}.sql`), down.sql);
  return { tag, finished: down.finished };
}

/** What drizzle-kit holds to be the schema after the last migration. */
export async function lastSnapshot(): Promise<Snapshot> {
  const last = (await journal()).at(-1);
  if (!last) return presentSnapshot({});
  return (await Bun.file(
    join(folder, "meta", `${String(last.idx).padStart(4, "0")}_snapshot.json`),
  ).json()) as Snapshot;
}

/** The schema as it stands in the code, in drizzle-kit's words. */
export async function presentSnapshot(schema?: Record<string, unknown>): Promise<Snapshot> {
  // Loaded here: a deployment without development dependencies has the other commands all the same.
  const { generateDrizzleJson } = await import("drizzle-kit/api");
  const snapshot = generateDrizzleJson(schema ?? (await import("../schema.ts")));
  return JSON.parse(JSON.stringify(snapshot)) as Snapshot;
}

/** A snapshot without its ids, which are random, and the record of renames, which is about the step. */
function bare({ id: _id, prevId: _prevId, _meta, ...schema }: Snapshot): Snapshot {
  return schema;
}

const tags = async () => (await journal()).map(({ tag }) => tag);

async function journal(): Promise<{ idx: number; tag: string }[]> {
  const file = Bun.file(join(folder, "meta/_journal.json"));
  return (await file.exists()) ? ((await file.json()) as { entries: { idx: number; tag: string }[] }).entries : [];
}
