import { type Command, InvalidArgumentError } from "commander";
import { maintain } from "../jobs/purge.ts";
import { auditRecorder } from "../modules/audit-events/index.ts";
import { exits, exitWith, note, print, withDatabase } from "./run.ts";

/** `maintenance …`: what the service does by itself every hour, for a timer outside of it or for now. */
export function maintenanceCommands(program: Command): void {
  program
    .command("maintenance")
    .description("Keep the tables from growing.")
    .command("run")
    .description("End what has been in the trash too long, and remove what has expired.")
    .option("--trash-days <days>", "days that what is deleted stays restorable (default: TRASH_RETENTION_DAYS)", count)
    .option("--batch <rows>", "rows per transaction", count, 500)
    .action(run);
}

const run = (options: { trashDays?: number; batch: number }) =>
  withDatabase(async (database, config) => {
    const clock = () => new Date();
    const trashRetentionDays = options.trashDays ?? config.TRASH_RETENTION_DAYS;
    const ports = { database, clock, recordAudit: auditRecorder(clock) };
    const done = await maintain(ports, { trashRetentionDays, batch: options.batch });
    print(`trash: ${done.projects} projects and ${done.tasks} tasks ended`);
    print(`expired: ${done.sessions} sessions, ${done.verifications} verifications and ${done.visits} visits removed`);
    print(`rate limits: ${done.counters} ended counters removed`);
    if (!done.yielded) return;
    note("Another process is at it; the rest of the trash is left to it.");
    exitWith(exits.unfinished);
  });

function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number from 1 up.");
  return value;
}
