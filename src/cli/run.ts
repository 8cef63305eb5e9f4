import { type Config, parseConfig } from "../config/index.ts";
import { createLog } from "../ops/log.ts";
import type { Database } from "../db/types.ts";
import { migrate } from "../db/migrate.ts";
import { type Deps, openConfigured, openDeps } from "../deps.ts";
import { openSecret } from "../config/secret.ts";

/** What a command's exit code says. */
export const exits = { done: 0, failed: 1, misused: 2, unfinished: 3 } as const;

/** A command that doesn't do what was asked, and why, in words for who asked. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** One line on standard output, where results go. What isn't a result goes to `note`. */
export const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Many lines on standard output, once who reads it has taken them: they don't gather in memory. */
export const printAll = (lines: readonly string[]): Promise<void> =>
  printText(lines.map((line) => `${line}\n`).join(""));

/** The same for text as it is. */
export const printText = (text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const written = (err?: Error | null) => (err ? reject(err) : resolve());
    process.stdout.write(text, written);
  });

/** One line on standard error. */
export const note = (line: string): void => void process.stderr.write(`${line}\n`);

/** Ends the command, when it is done, with this code. */
export const exitWith = (code: number): void => void (process.exitCode = code);

/** The settings, from the environment. @throws ConfigError. */
export const config = (): Config => parseConfig(process.env);

/** A log that keeps standard output for results. */
export const quiet = () => createLog("warn", { write: (line) => void process.stderr.write(line) });

/** Runs `work` over the configured database, as it is. */
export async function withDatabase<T>(work: (database: Database, config: Config) => Promise<T>): Promise<T> {
  const settings = config();
  const database = await openConfigured(settings, quiet());
  try {
    return await work(database, settings);
  } finally {
    await database.close();
  }
}

/** Runs `work` over the whole service's parts, its database migrated as the server would. */
export async function withDeps<T>(work: (deps: Deps) => Promise<T>): Promise<T> {
  const settings = config();
  const deps = await openDeps(settings, openSecret(settings), { log: quiet() });
  try {
    await migrate(deps.database, { onNewer: note });
    return await work(deps);
  } finally {
    await deps.close();
  }
}
