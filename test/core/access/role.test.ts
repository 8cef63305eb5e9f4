import { describe, expect, test } from "bun:test";
import {
  type Catalogue,
  catalogueFrom,
  type HeldRole,
  type Permission,
  resolve,
  type Rule,
} from "../../../src/core/access/permission.ts";
import { allowingOnly, beyond, columnsOf, entriesOf, roleHistory } from "../../../src/core/access/role.ts";

const catalogue: Catalogue = catalogueFrom([
  { name: "things", permissions: ["thing:read", "thing:write", "thing:end"], grants: { member: ["thing:read"] } },
  { name: "roles", permissions: ["role:read"] },
  { name: "extra", tier: "premium", permissions: ["extra:read"] },
]);

const allow: Rule = { effect: "allow", scope: "organization", locked: false };
const own: Rule = { ...allow, scope: "own" };
const deny: Rule = { ...allow, effect: "deny" };
const role = (rules: Record<string, Rule>, name = "r"): HeldRole => ({
  name,
  rules: new Map(Object.entries(rules) as [Permission, Rule][]),
});
const entries = (rules: Record<string, Rule>) => role(rules).rules;
const giver = (held: HeldRole[], granted: string[] = [], column = "r") => ({
  role: column,
  ...resolve(catalogue, held, new Set(granted)),
});

describe("a role's two columns", () => {
  test("hold what they were made of, whatever it was, with better-auth's word for roles", () => {
    const rules = {
      "thing:read": allow,
      "thing:write": own,
      "thing:end": deny,
      "role:read": { ...allow, locked: true },
      "extra:read": { ...deny, locked: true },
    };
    const columns = columnsOf(entries(rules));
    expect(columns).toEqual({
      permission: '{"thing":["read"],"ac":["read"]}',
      rules: {
        "thing:write": { scope: "own" },
        "thing:end": { effect: "deny" },
        "role:read": { locked: true },
        "extra:read": { effect: "deny", locked: true },
      },
    });
    expect(Object.fromEntries(entriesOf({ role: "r", ...columns }))).toEqual(rules);
  });

  test("written by better-auth: denials and narrower allowances stay unless it allows them, locks always", () => {
    const before = entries({
      "thing:read": allow,
      "thing:write": own,
      "thing:end": deny,
      "extra:read": { ...deny, locked: true },
    });
    expect(Object.fromEntries(allowingOnly(before, ["thing:write", "extra:read"]))).toEqual({
      "thing:write": allow,
      "thing:end": deny,
      "extra:read": { ...deny, locked: true },
    });
  });
});

describe("nobody gives what they don't hold", () => {
  test("by reach, by denial, and by the owner's name", () => {
    const who = giver([role({ "thing:read": allow, "thing:write": own })]);
    const above = (...held: HeldRole[]) => beyond(catalogue, who, held);
    expect(above(role({ "thing:read": allow, "thing:write": own }))).toEqual([]);
    expect(above(role({ "thing:read": own }))).toEqual([]);
    expect(above(role({ "thing:write": allow }))).toEqual(["thing:write"]);
    expect(above(role({ "thing:end": deny }))).toEqual([]);
    expect(above(role({ "thing:end": own }), role({ "thing:end": deny }))).toEqual([]);
    expect(above(role({}, "owner"))).toEqual(["owner"]);
    const denied = giver([role({ "thing:end": allow }), role({ "thing:end": deny })]);
    expect(beyond(catalogue, denied, [role({ "thing:end": allow })])).toEqual(["thing:end"]);
  });

  test("what the organization isn't entitled to is held as far as it would be", () => {
    const wide = role({ "extra:read": allow });
    const narrow = role({ "extra:read": own });
    for (const granted of [[], ["extra"]]) {
      expect(beyond(catalogue, giver([wide], granted), [wide])).toEqual([]);
      expect(beyond(catalogue, giver([narrow], granted), [narrow])).toEqual([]);
      expect(beyond(catalogue, giver([narrow], granted), [wide])).toEqual(["extra:read"]);
      expect(beyond(catalogue, giver([], granted), [narrow])).toEqual(["extra:read"]);
    }
  });
});

test("history names the entries that changed and no others", () => {
  const row = (rules: Record<string, Rule>) => ({ role: "r", description: null, ...columnsOf(entries(rules)) });
  const { before, after } = roleHistory(
    row({ "thing:read": allow, "thing:write": own }),
    row({ "thing:read": allow, "thing:write": { ...deny, locked: true } }),
  );
  expect([before, after]).toEqual([
    { name: "r", description: null, entries: ["thing:write allow own"] },
    { name: "r", description: null, entries: ["thing:write deny locked"] },
  ]);
});
