import { expect, test } from "bun:test";
import { builtInRoles, rolesFrom } from "../../src/core/access/permission.ts";
import { modules } from "../../src/modules.ts";
import { operations } from "./document.ts";

const roles = rolesFrom(modules);
const permissions = [...(roles.get("owner") ?? [])].toSorted();

test("what each built-in role may do", () => {
  const width = Math.max(...permissions.map(({ length }) => length));
  const rows = permissions.map((permission) =>
    [permission.padEnd(width), ...builtInRoles.map((role) => (roles.get(role)?.has(permission) ? role : "-"))].join(
      "  ",
    ),
  );
  expect(rows.join("\n")).toMatchSnapshot();
});

test("a narrower role holds nothing that a wider one doesn't", () => {
  for (const [at, role] of builtInRoles.entries()) {
    const wider = roles.get(builtInRoles[at - 1] ?? "owner");
    expect({ role, more: [...(roles.get(role) ?? [])].filter((held) => !wider?.has(held)) }).toEqual({
      role,
      more: [],
    });
  }
});

test("every permission is `resource:action` and is asked for, by an operation or by better-auth's own routes", () => {
  // better-auth asks for these itself when its organization routes are called.
  const landlords = /^(organization:(update|delete)|member:(create|update|delete)|invitation:(create|cancel))$/;
  const asked = new Set(operations.map(({ access }) => "permission" in access && access.permission));
  for (const permission of permissions) expect(permission).toMatch(/^[a-z]+([A-Z_][a-z]+)*:[a-z]+$/);
  expect(permissions.filter((permission) => !asked.has(permission) && !landlords.test(permission))).toEqual([]);
});
