import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { manifestFile, timeIn } from "./manifest.ts";
import { measured, type Store, unusable } from "./store.ts";

const draftEnd = ".partial";

/** Backups in a directory, one folder each, readable by their owner only. One is written under another name first. */
export function openDirectory(directory: string): Store {
  const told = <T>(work: Promise<T>): Promise<T> =>
    work.catch((err: unknown) => {
      throw unusable(directory, err);
    });
  const listed = async (): Promise<string[]> => {
    const names: string[] = await readdir(directory).catch((err: NodeJS.ErrnoException) => {
      if (err.code === "ENOENT") return [];
      throw err;
    });
    return names.toSorted();
  };
  return {
    place: directory,
    names: () => told(listed().then((names) => names.filter((name) => timeIn(name) !== null))),
    begin: (name) => told(begin(directory, name)),
    async *read(name, file) {
      try {
        yield* createReadStream(join(directory, name, file));
      } catch (err) {
        throw unusable(directory, err);
      }
    },
    // Renamed first, so that a removal that is interrupted leaves no half of a backup under its name.
    remove: (name) =>
      told(
        (async () => {
          const gone = join(directory, `${name}${draftEnd}`);
          await rename(join(directory, name), gone);
          await rm(gone, { recursive: true });
        })(),
      ),
    removeUnfinished: (before) =>
      told(
        (async () => {
          const drafts = (await listed()).filter((name) => {
            const begun = name.endsWith(draftEnd) ? timeIn(name.slice(0, -draftEnd.length)) : null;
            return begun !== null && begun < before;
          });
          for (const name of drafts) await rm(join(directory, name), { recursive: true });
          return drafts.length;
        })(),
      ),
  };
}

async function begin(directory: string, name: string): ReturnType<Store["begin"]> {
  const draft = join(directory, `${name}${draftEnd}`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await mkdir(draft, { mode: 0o700 });
  const put = async (file: string, chunks: AsyncIterable<Uint8Array>) => {
    const { passed, sum } = measured(chunks);
    const to = await open(join(draft, file), "wx", 0o600);
    try {
      for await (const chunk of passed) await to.writeFile(chunk);
      await to.sync();
    } finally {
      await to.close();
    }
    return sum();
  };
  return {
    put: (file, chunks) =>
      put(file, chunks).catch((err: unknown) => {
        throw unusable(directory, err);
      }),
    async finish(manifest) {
      try {
        await put(manifestFile, new Blob([manifest]).stream());
        await synced(draft);
        await rename(draft, join(directory, name));
        await synced(directory);
      } catch (err) {
        throw unusable(directory, err);
      }
    },
    discard: () => rm(draft, { recursive: true, force: true }),
  };
}

/** What a directory lists is on the disk. */
async function synced(directory: string): Promise<void> {
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
