import type { Command } from "commander";
import { createAdministrator, promote } from "../directory/bootstrap.ts";
import { listUsers } from "../directory/users.ts";
import { makePassword, readPassword } from "./password.ts";
import { note, print, withDeps } from "./run.ts";

/** `admin …`: platform administrators. */
export function adminCommands(program: Command): void {
  const admin = program.command("admin").description("Platform administrators.");

  admin
    .command("create")
    .description(
      "Make a platform administrator, or make one of an existing user. The password is asked for on a terminal, or is the first line of standard input; where it is empty, one is made and shown once.",
    )
    .requiredOption("--email <address>", "their address")
    .option("--name <name>", "their name; what stands before the @ where it isn't given")
    .option("--generate-password", "don't ask for a password: make one and show it once")
    .action((options: { email: string; name?: string; generatePassword?: true }) =>
      withDeps(async ({ auth, database }) => {
        const email = options.email.trim();
        const [known] = await listUsers({ database }, { by: "email", values: [email] }, { after: null, limit: 1 });
        if (known?.role === "admin") return print(`${known.email} is an administrator already (${known.id})`);
        if (known) {
          await promote(auth, known.id);
          return print(`${known.email} is an administrator now (${known.id}); the password stays`);
        }
        const given = options.generatePassword ? "" : await readPassword();
        const password = given || makePassword();
        const name = options.name ?? email.split("@", 1)[0] ?? email;
        const made = await createAdministrator(auth, { email, name, password });
        print(`made the administrator ${made.email} (${made.id})`);
        if (given === "") {
          note("The password is shown this once:");
          print(password);
        }
      }),
    );
}
