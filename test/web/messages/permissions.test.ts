import { expect, test } from "bun:test";
import { modules } from "../../../src/modules.ts";
import { actions } from "../../../src/web/messages/permissions.ts";

test("every resource and every permission has a name in each language", () => {
  const known = new Map(modules.flatMap(({ names = {} }) => Object.entries(names)));
  const wordless = modules.flatMap(({ permissions = [] }) =>
    permissions.flatMap((permission) => {
      const [resource = "", action = ""] = permission.split(":");
      const said = [known.get(resource), known.get(permission) ?? actions[action]];
      return said.every((words) => words?.en && words.de) ? [] : [permission];
    }),
  );
  expect(wordless).toEqual([]);
});

test("names are of a permission or its resource, and no two modules give one to the same", () => {
  const declared = modules.flatMap(({ permissions = [] }) => permissions);
  const named = new Set<string>(declared.flatMap((permission) => [permission, permission.split(":")[0] ?? ""]));
  const given = modules.flatMap(({ names = {} }) => Object.keys(names));
  expect(given.filter((name) => !named.has(name))).toEqual([]);
  expect(new Set(given).size).toBe(given.length);
});
