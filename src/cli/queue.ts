import type { Command } from "commander";
import { queueStatus, retryJobs } from "../queue/operator.ts";
import { print, withDatabase } from "./run.ts";

/** `queue …`: what waits to be done after a request, such as mail, and what was given up. */
export function queueCommands(program: Command): void {
  const queue = program.command("queue").description("Look at what waits to be done, such as mail.");
  queue
    .command("status")
    .description("Print how much waits and how much was given up, kind by kind, and the last error.")
    .action(status);
  queue
    .command("retry")
    .description("Try at once what waits for its next try, and what was given up.")
    .argument("[kind]", "only this kind, such as mail")
    .action(retry);
}

const status = () =>
  withDatabase(async (database) => {
    const kinds = await queueStatus(database);
    if (kinds.length === 0) return print("nothing waits, and nothing was given up");
    for (const { kind, waiting, retried, oldest, failed, lastError } of kinds) {
      const since = oldest === null ? "" : `, the oldest since ${oldest.toISOString()}`;
      print(`${kind}: ${waiting} wait (${retried} after a failure)${since}; ${failed} given up`);
      if (lastError !== null) print(`  last error: ${lastError}`);
    }
  });

const retry = (kind: string | undefined) =>
  withDatabase(async (database) => print(`${await retryJobs(database, kind ?? null, new Date())} due now`));
