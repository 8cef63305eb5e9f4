import type { Command } from "commander";
import { findOrganization } from "../directory/organizations.ts";
import { createServiceKey, listServiceKeys, revokeServiceKey } from "../directory/service-keys.ts";
import type { Permission } from "../core/access/permission.ts";
import { organizationSelector } from "../core/principal.ts";
import type { Database } from "../db/types.ts";
import { note, print, Refusal, withDeps } from "./run.ts";

const longestName = 80;

/** `service-key …`: keys of other services, which verify and introspect what they are handed. */
export function serviceKeyCommands(program: Command): void {
  const keys = program.command("service-key").description("API keys of other services, which no person owns.");

  keys
    .command("create")
    .description("Make a key and show it once, alone on standard output.")
    .requiredOption("--name <name>", "which service it is for")
    .option("--org <id or slug>", "bind it to one organization; without this it is for all of the platform")
    .option("--permission <resource:action...>", "what it may do", ["token:introspect"])
    .action((options: { name: string; org?: string; permission: string[] }) =>
      withDeps(async ({ database, recordAudit, clock, roles }) => {
        const name = options.name.trim();
        if (name === "" || name.length > longestName) throw new Refusal(`a name has 1 to ${longestName} characters`);
        const permissions = declared(options.permission, roles.get("owner") ?? new Set());
        const bound = options.org === undefined ? null : await organizationOf(database, options.org);
        const organizationId = bound?.id ?? null;
        const made = await createServiceKey({ database, recordAudit, clock }, { name, organizationId, permissions });
        note(`made ${made.id} for ${bound?.slug ?? "the platform"}: ${made.permissions.join(" ")}`);
        note("The key is shown this once:");
        print(made.key);
      }),
    );

  keys
    .command("list")
    .description("List them, newest first: id, first characters, owner, last use, permissions, name.")
    .option("--json", "as JSON")
    .action((options: { json?: true }) =>
      withDeps(async ({ database }) => {
        const found = await listServiceKeys(database);
        if (options.json) return print(JSON.stringify(found));
        for (const { id, start, organizationId, lastUsedAt, permissions, name } of found) {
          const used = lastUsedAt?.toISOString() ?? "never used";
          print([id, start, organizationId ?? "platform", used, permissions.join(" "), name].join("  "));
        }
      }),
    );

  keys
    .command("revoke")
    .description("Revoke a key: it is refused from now on.")
    .argument("<id>", "its id, as list shows it")
    .action((id: string) =>
      withDeps(async ({ database, recordAudit, clock }) => {
        if (!(await revokeServiceKey({ database, recordAudit, clock }, id)))
          throw new Refusal(`there is no service key ${id}`);
        print(`revoked ${id}`);
      }),
    );
}

function declared(given: readonly string[], known: ReadonlySet<Permission>): Permission[] {
  const unknown = given.find((permission) => !known.has(permission as Permission));
  if (unknown === undefined) return [...new Set(given as Permission[])];
  throw new Refusal(`there is no permission ${unknown}; there are ${[...known].toSorted().join(", ")}`);
}

async function organizationOf(database: Database, text: string): Promise<{ id: string; slug: string }> {
  const selector = organizationSelector(text);
  const found = selector && (await findOrganization({ database }, selector));
  if (!found) throw new Refusal(`there is no organization ${text}`);
  return found;
}
