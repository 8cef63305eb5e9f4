/**
 * Says whether `drizzle-kit generate` would write a migration, without running it: the command stops at a question
 * when a column may have been renamed, and exits 0 there. Compares the last snapshot with the schema instead.
 */
import { generateDrizzleJson } from "drizzle-kit/api";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";

type Json = Record<string, unknown>;

const root = new URL("..", import.meta.url).pathname;
const config = await load<{
  default: { schema?: string | string[]; out?: string; casing?: "snake_case" | "camelCase" };
}>("drizzle.config.ts");
const { out = "drizzle", schema = [], casing } = config.default;
const folder = `${root}${out.replace(/^\.\//, "").replace(/\/$/, "")}`;

const imports: Json = {};
for (const path of [schema].flat()) Object.assign(imports, await load<Json>(path.replace(/^\.\//, "")));
const current = plain(generateDrizzleJson(imports, undefined, undefined, casing));
const last = await lastSnapshot();

const problems = [...(await unlisted()), ...differences(last, current, [])];
if (problems.length > 0) {
  console.error(`the migrations in ${out}/ are not what the schema says:`);
  for (const line of problems.slice(0, 40)) console.error(`  ${line}`);
  if (problems.length > 40) console.error(`  … and ${problems.length - 40} more`);
  process.exit(1);
}
console.log("no drift");

async function load<T>(path: string): Promise<T> {
  if (!existsSync(root + path)) {
    console.error(`${path} is missing`);
    process.exit(1);
  }
  return (await import(root + path)) as T;
}

/** What drizzle-kit holds to be the schema after the last migration; an empty schema when there is none. */
async function lastSnapshot(): Promise<Json> {
  const meta = `${folder}/meta`;
  const names = existsSync(meta) ? (await readdir(meta)).filter((name) => name.endsWith("_snapshot.json")) : [];
  const newest = names.toSorted().at(-1);
  return newest ? (JSON.parse(await readFile(`${meta}/${newest}`, "utf8")) as Json) : plain(generateDrizzleJson({}));
}

/** Migration files that the journal doesn't name, and the reverse: what a bad merge leaves behind. */
async function unlisted(): Promise<string[]> {
  if (!existsSync(folder)) return [`${out}/ is missing`];
  const files = (await readdir(folder)).filter((name) => name.endsWith(".sql")).map((name) => name.slice(0, -4));
  const journal = `${folder}/meta/_journal.json`;
  if (!existsSync(journal)) return files.map((tag) => `${tag}.sql is not in the journal`);
  const { entries } = JSON.parse(await readFile(journal, "utf8")) as { entries: { tag: string }[] };
  const tags = entries.map((entry) => entry.tag);
  return [
    ...files.filter((tag) => !tags.includes(tag)).map((tag) => `${tag}.sql is not in the journal`),
    ...tags.filter((tag) => !files.includes(tag)).map((tag) => `the journal names ${tag}, which has no file`),
  ];
}

function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

/** The paths at which two snapshots part, as `public.project: columns.name.notNull: true → false`. */
function differences(before: Json, after: Json, path: string[]): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => {
    // Ids are random, and drizzle-kit's record of renames is about the step, not about the state.
    if (path.length === 0 && ["id", "prevId", "version", "dialect", "_meta"].includes(key)) return [];
    const [left, right] = [before[key], after[key]];
    if (isDeepStrictEqual(left, right)) return [];
    const here = [...path, key];
    if (isObject(left) && isObject(right)) return differences(left, right, here);
    return [`${here.join(".")}: ${show(left)} → ${show(right)}`];
  });
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (value === undefined) return "(absent)";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
