/**
 * `bun run build`: makes `dist/gatehouse`, one executable that serves with an empty directory beside it and has every
 * command. What the source reads from files is in it: migrations, guards, PGlite, the hashing threads, the pages.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BunPlugin } from "bun";
import { openDatabase, pgliteOf } from "../src/db/open.ts";
import { guardFiles } from "../src/db/guards.ts";
import { migrate } from "../src/db/migrate.ts";
import { readMigrations } from "../src/db/migration-files.ts";
import * as schema from "../src/schema.ts";

const root = join(import.meta.dir, "..");
const { values } = parseArgs({
  args: Bun.argv.slice(2),
  options: { outfile: { type: "string", default: join(root, "dist/gatehouse") } },
});

const scratch = await mkdtemp(join(tmpdir(), "gatehouse-build-"));
try {
  const started = performance.now();
  const snapshot = await migratedSnapshot(join(scratch, "snapshot.tar.gz"));
  const { success, logs } = await Bun.build({
    // The thread is found below the root that both entry points share.
    entrypoints: [join(root, "src/cli/executable.ts"), join(root, "src/passwords/worker.ts")],
    compile: { outfile: values.outfile },
    // What only developers use, from the source.
    external: ["drizzle-kit", "drizzle-kit/api"],
    target: "bun",
    format: "esm",
    minify: true,
    bytecode: true,
    plugins: [packing(await packedModule(snapshot))],
  });
  for (const { message } of logs) console.error(message);
  if (!success) process.exit(1);
  const megabytes = (Bun.file(values.outfile).size / 1e6).toFixed(0);
  console.log(`${values.outfile}, ${megabytes} MB, in ${((performance.now() - started) / 1000).toFixed(1)} s`);
} finally {
  await rm(scratch, { recursive: true });
}

/** Puts `text` in the place of `src/db/packed.ts`. */
function packing(text: string): BunPlugin {
  return {
    name: "packed",
    setup: (build) => void build.onLoad({ filter: /\/src\/db\/packed\.ts$/ }, () => ({ contents: text, loader: "ts" })),
  };
}

/** The module that carries what the source reads from files: texts as they are, the rest as files of the executable. */
async function packedModule(snapshot: string): Promise<string> {
  const migrations = await readMigrations();
  const texts = async (paths: Record<string, string>) =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(paths).map(async ([name, path]) => [name, await Bun.file(path).text()] as const),
      ),
    );
  const downs = await texts(
    Object.fromEntries(migrations.map(({ tag }) => [tag, join(root, "drizzle/down", `${tag}.sql`)])),
  );
  const guards = await texts(
    Object.fromEntries(guardFiles.map((name) => [name, join(root, "src/db/guards", `${name}.sql`)])),
  );
  const pglite = join(root, "node_modules/@electric-sql/pglite/dist");
  const files = {
    wasm: join(pglite, "pglite.wasm"),
    initdb: join(pglite, "initdb.wasm"),
    data: join(pglite, "pglite.data"),
    pg_trgm: join(pglite, "pg_trgm.tar.gz"),
    btree_gin: join(pglite, "btree_gin.tar.gz"),
    snapshot,
  };
  const imports = Object.entries(files).map(
    ([name, path]) => `import ${name} from ${JSON.stringify(path)} with { type: "file" };`,
  );
  const texted = { migrations: migrations.map(({ tag, sql }) => ({ tag, sql })), downs, guards };
  return [
    ...imports,
    `const extensions = { pg_trgm, btree_gin };`,
    `export const packed = { ...${JSON.stringify(texted)}, pglite: { wasm, initdb, data, extensions, snapshot } };`,
  ].join("\n");
}

/** A data directory with every migration applied. */
async function migratedSnapshot(path: string): Promise<string> {
  const database = await openDatabase({ url: "pglite:memory", schema });
  try {
    await migrate(database);
    const dump = await pgliteOf(database)?.dumpDataDir("gzip");
    if (!dump) throw new Error("there is no PGlite to dump");
    await Bun.write(path, dump);
    return path;
  } finally {
    await database.close();
  }
}
