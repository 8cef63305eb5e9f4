import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own, in memory, that can be filled to its last byte. */
export interface SmallDisk extends AsyncDisposable {
  readonly directory: string;
  /** Leaves no room at all. */
  fill(): Promise<void>;
  free(): Promise<void>;
}

/** @returns null where this process may not mount a file system. */
export async function openSmallDisk(megabytes: number): Promise<SmallDisk | null> {
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-disk-"));
  const mount = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", directory]);
  if (!mount.success) {
    await rm(directory, { recursive: true });
    return null;
  }
  await chmod(directory, 0o755);
  const ballast = join(directory, "ballast");
  return {
    directory,
    async fill() {
      for (let size = 2 ** 20; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 16))
        while (await writeFile(ballast, Buffer.alloc(size), { flag: "a" }).then(() => true, isFull));
    },
    free: () => rm(ballast),
    async [Symbol.asyncDispose]() {
      Bun.spawnSync(["umount", "-l", directory]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** False for a disk that is full. @throws any other error. */
function isFull(err: unknown): false {
  if ((err as NodeJS.ErrnoException).code === "ENOSPC") return false;
  throw err;
}
