import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { headerOf } from "../db/migration-header.ts";
import { findingsOf } from "./lint.ts";
import { narrows } from "./migration-lint.ts";
import { downFileOf, migrationOf, statementsOf } from "./migration-sql.ts";
import { Refusal } from "./run.ts";

type Snapshot = Record<string, unknown>;

const root = join(import.meta.dir, "../..");
const folder = join(root, "drizzle");

/**
 * Writes the migration from the last one's schema to the present one, and its down file.
 *
 * @returns the migration's tag, what `db lint` finds in it, and whether its down file is complete; null when there is
 *   nothing to write.
 * @throws Refusal when drizzle-kit wrote nothing: it asks whether something was renamed, which takes a terminal.
 */
export async function generate(options: {
  name?: string;
  custom?: true;
}): Promise<{ tag: string; findings: string[]; finished: boolean } | null> {
  if (!options.custom && (await schemaDrift()).length === 0) return null;
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
  const statements = options.custom ? [] : statementsOf(await Bun.file(path).text());
  const plain = migrationOf(statements);
  // Whether an older release works with what takes something away, only a person knows.
  const sql = narrows(plain) ? plain : `-- expand\n${plain}`;
  if (!options.custom) await Bun.write(path, sql);
  const down = downFileOf(tag, statements);
  await mkdir(join(folder, "down"), { recursive: true });
  await Bun.write(join(folder, "down", `${tag}.sql`), down.sql);
  const findings = options.custom ? [] : findingsOf({ tag, sql, header: headerOf(tag, sql) });
  return { tag, findings, finished: down.finished };
}

/**
 * How the migrations differ from what the code says, a line each; none when they agree. Compares the last snapshot with
 * the schema, since drizzle-kit itself stops at a question when a column may have been renamed.
 */
export async function drift(): Promise<string[]> {
  return [...(await strayFiles()), ...(await schemaDrift())];
}

const schemaDrift = async (): Promise<string[]> => differences(await lastSnapshot(), await presentSnapshot(), []);

/** What a bad merge leaves behind: files that the journal doesn't name, and the reverse. */
async function strayFiles(): Promise<string[]> {
  const listed = await tags();
  const names = async (glob: string) =>
    (await Array.fromAsync(new Bun.Glob(glob).scan(folder))).map((path) => basename(path, ".sql"));
  const [up, down] = [await names("*.sql"), await names("down/*.sql")];
  return [
    ...[...up, ...down].filter((tag) => !listed.includes(tag)).map((tag) => `${tag}.sql is not in the journal`),
    ...listed.filter((tag) => !up.includes(tag)).map((tag) => `the journal names ${tag}, which has no file`),
    ...listed.filter((tag) => !down.includes(tag)).map((tag) => `${tag} has no down file`),
  ];
}

/** The schema after the last migration, as drizzle-kit records it. */
async function lastSnapshot(): Promise<Snapshot> {
  const last = (await journal()).at(-1);
  if (!last) return presentSnapshot({});
  return (await Bun.file(
    join(folder, "meta", `${String(last.idx).padStart(4, "0")}_snapshot.json`),
  ).json()) as Snapshot;
}

/** The schema as the code has it, in drizzle-kit's words. */
async function presentSnapshot(schema?: Record<string, unknown>): Promise<Snapshot> {
  // Loaded here: a deployment without development dependencies has the other commands all the same.
  const { generateDrizzleJson } = await import("drizzle-kit/api");
  const snapshot = generateDrizzleJson(schema ?? (await import("../schema.ts")));
  return JSON.parse(JSON.stringify(snapshot)) as Snapshot;
}

/** The paths at which two snapshots differ, as `tables.public.project.columns.name.notNull: true → false`. */
function differences(before: Snapshot, after: Snapshot, path: readonly string[]): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => {
    // Ids are random, and the record of renames is about the step, not about the state.
    if (path.length === 0 && ["id", "prevId", "version", "dialect", "_meta"].includes(key)) return [];
    const [left, right] = [before[key], after[key]];
    if (isDeepStrictEqual(left, right)) return [];
    const here = [...path, key];
    if (isObject(left) && isObject(right)) return differences(left, right, here);
    return [`${here.join(".")}: ${shown(left)} → ${shown(right)}`];
  });
}

const isObject = (value: unknown): value is Snapshot =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function shown(value: unknown): string {
  const text = value === undefined ? "(absent)" : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

const tags = async () => (await journal()).map(({ tag }) => tag);

async function journal(): Promise<{ idx: number; tag: string }[]> {
  const file = Bun.file(join(folder, "meta/_journal.json"));
  return (await file.exists()) ? ((await file.json()) as { entries: { idx: number; tag: string }[] }).entries : [];
}
