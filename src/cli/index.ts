#!/usr/bin/env bun
import { Command, CommanderError } from "commander";
import { accessControlCommand } from "./access-control.ts";
import { adminCommands } from "./admin.ts";
import { auditCommands } from "./audit.ts";
import { databaseCommands } from "./db.ts";
import { maintenanceCommands } from "./maintenance.ts";
import { queueCommands } from "./queue.ts";
import { openapiCommand } from "./openapi.ts";
import { probeCommand } from "./probe.ts";
import { promoteCommand } from "./promote.ts";
import { seedCommand } from "./seed.ts";
import { serviceKeyCommands } from "./service-key.ts";
import { settingsCommand } from "./settings.ts";
import { userCommands } from "./users.ts";
import { ConfigError } from "../config/index.ts";
import { explain } from "../ops/explain.ts";
import { config, exits, exitWith, note } from "./run.ts";

const footer = `
Settings are environment variables, as for the server.
Exit codes: ${exits.done} done, ${exits.failed} failed or refused, ${exits.misused} wrong usage, ${exits.unfinished} done but for what is said.`;

/** Runs one command of `argv` (as in process.argv) and says by the exit code how it went. */
async function main(argv: string[]): Promise<void> {
  const program = new Command("gatehouse")
    .description("Looks after a Gatehouse service.")
    .addHelpText("after", footer)
    .showHelpAfterError("(--help says more)")
    .exitOverride();
  databaseCommands(program);
  adminCommands(program);
  serviceKeyCommands(program);
  maintenanceCommands(program);
  auditCommands(program);
  seedCommand(program);
  queueCommands(program);
  openapiCommand(program);
  probeCommand(program);
  userCommands(program);
  settingsCommand(program);
  promoteCommand(program);
  accessControlCommand(program);
  try {
    await program.parseAsync(argv);
  } catch (err) {
    if (err instanceof CommanderError) return exitWith(err.exitCode === 0 ? exits.done : exits.misused);
    note(explain(err, err instanceof ConfigError ? undefined : config().database));
    exitWith(exits.failed);
  }
}

// Who reads the output may stop reading, as head does.
process.stdout.on("error", (err: NodeJS.ErrnoException) => {
  if (err.code !== "EPIPE") throw err;
  process.exit(exits.done);
});

await main(process.argv);
