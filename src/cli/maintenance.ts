import { type Command, InvalidArgumentError } from "commander";
import { modules } from "../modules.ts";
import { maintain } from "../queue/maintenance.ts";
import { auditRecorder } from "../modules/platform/audit-events/index.ts";
import { exits, exitWith, note, print, withDatabase } from "./run.ts";

/** `maintenance …`: what the service does every hour, for an external timer or to run it now. */
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
    const trashRetentionDays = options.trashDays ?? config.retention.trashDays;
    const ports = { database, clock, recordAudit: auditRecorder(clock, modules), modules };
    const retention = config.retention.days;
    const { purged, expired, yielded } = await maintain(ports, { trashRetentionDays, retention, batch: options.batch });
    const { counters, ...rest } = expired;
    print(`trash: ${counted(purged)} deleted`);
    print(`expired: ${counted(rest)} removed`);
    print(`rate limits: ${counters} ended counters removed`);
    if (!yielded) return;
    note("Another process is at it; the rest is left to it.");
    exitWith(exits.unfinished);
  });

/** `4 projects and 0 tasks` */
const counted = (counts: Record<string, number>): string =>
  new Intl.ListFormat("en-GB").format(Object.entries(counts).map(([name, count]) => `${count} ${name}`));

/** A whole number from 1 up, as an option has it. @throws InvalidArgumentError. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number from 1 up.");
  return value;
}
