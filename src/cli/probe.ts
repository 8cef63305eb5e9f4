import type { Command } from "commander";
import { config, exits, exitWith, note, print } from "./run.ts";

const patienceMs = 2_000;

/** `probe`: what a container's health check runs, where no other program is that could ask. */
export function probeCommand(program: Command): void {
  program
    .command("probe")
    .description("Ask the server on this machine whether it can do its work.")
    .action(async () => {
      const { port } = config().server;
      try {
        const { status } = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(patienceMs) });
        if (status === 200) return print("ready");
        note(`The server on port ${port} answers ${status}.`);
      } catch {
        note(`Nothing answers on port ${port}; PORT says where the server is.`);
      }
      exitWith(exits.failed);
    });
}
