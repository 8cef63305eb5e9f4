import { existsSync, mkdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { lockDirectory } from "./directory-lock.ts";

/**
 * Fills a new data directory and puts it in the place of `directory`, which stays as it was until the new one is whole.
 *
 * @throws OperatorError when `directory` is in use, and whatever `fill` throws.
 */
export async function replaceDirectory(directory: string, fill: (fresh: string) => Promise<void>): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const data = realpathSync(directory);
  const { release } = lockDirectory(data);
  const fresh = `${data}.restoring`;
  try {
    settleReplacement(data);
    rmSync(fresh, { recursive: true, force: true });
    await fill(fresh);
    renameSync(fresh, replacement(data));
    settleReplacement(data);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(`${fresh}.lock`, { force: true });
    release();
  }
}

/**
 * Ends a replacement that was decided by the new directory's last name and then interrupted. Called by who has the directory
 * locked, before it is opened.
 */
export function settleReplacement(data: string): void {
  if (!existsSync(replacement(data))) return;
  rmSync(data, { recursive: true, force: true });
  renameSync(replacement(data), data);
}

const replacement = (data: string): string => `${data}.restored`;
