import type { Command } from "commander";
import { statementsOf } from "../auth/access-control.ts";
import { rolesFrom, type RolePermissions } from "../core/access/permission.ts";
import { modules } from "../modules.ts";
import { print } from "./run.ts";

const library = "better-auth/plugins/access";

/** `access-control`: what better-auth's official client imports to know our roles and permissions. */
export function accessControlCommand(program: Command): void {
  program
    .command("access-control")
    .description("Print src/sdk/access-control.ts: the built-in roles and their permissions, for better-auth's client.")
    .action(() => print(accessControlModule(rolesFrom(modules)).trimEnd()));
}

/** The module's text. @param roles the built-in ones; the owner's permissions are all there are. */
export function accessControlModule(roles: RolePermissions): string {
  const block = (permissions: Iterable<string>, indent: string) =>
    Object.entries(statementsOf([...permissions].toSorted()))
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([resource, actions]) => `${indent}${resource}: [${actions.map((action) => `"${action}"`).join(", ")}],\n`)
      .join("");
  const newRoles = [...roles].map(
    ([name, permissions]) => `  ${name}: ac.newRole({\n${block(permissions, "    ")}  }),\n`,
  );
  return `// Made by \`bun run cli access-control\` of what the modules declare; a test holds it to them.
import { createAccessControl } from "${library}";

/** Every action by its resource, in better-auth's words: what the service calls \`role:create\` is \`ac: ["create"]\`. */
export const statements = {
${block(roles.get("owner") ?? [], "  ")}} as const;

export const ac = createAccessControl(statements);

/** The built-in roles. With \`ac\` they are options of better-auth's \`organizationClient\`. */
export const roles = {
${newRoles.join("")}};
`;
}
