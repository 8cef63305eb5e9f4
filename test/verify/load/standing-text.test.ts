import { expect, test } from "bun:test";
import { noStanding, readStanding, standingColumn } from "../../../src/verify/load/standing-text.ts";
import { testDatabase } from "../../harness/database.ts";

// The tables that the expression reads, as the statement's own.
const text = `with "organization_role" as (
    select 'o1' as organization_id, * from jsonb_to_recordset($1::jsonb) as r(role text, permission text, rules jsonb)
  ), "entitlement" as (
    select 'o1' as organization_id, * from jsonb_to_recordset($2::jsonb) as e(module text)
  ), o as (select 'o1' as id), m as (select 'm1' as id, $3 as role)
  select ${standingColumn("o", "m")} as standing from o, m`;

/** Numbers below `below`, the same ones in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test("what the database joins is read back as it stands there, whatever text the rules hold", async () => {
  const database = await testDatabase();
  const pick = numbers(7);
  const awkward = ["a", '"', "\\", "\u001d", "\u001e", "\u001f", "\n", ",", "ü", "💡", "", "project:read"];
  const word = () => Array.from({ length: pick(6) }, () => awkward[pick(awkward.length)]).join("");
  for (let round = 0; round < 50; round++) {
    const roles = Array.from({ length: pick(5) }, (_, i) => ({
      role: `role-${i}`,
      permission: JSON.stringify({ project: [word()] }),
      rules: { [`thing:${word()}`]: { effect: "allow", note: word() } },
    }));
    const modules = Array.from({ length: pick(4) }, (_, i) => ({ module: `module-${i}` }));
    const [row] = await database.statement<{ standing: string }>("", text, [
      JSON.stringify(roles),
      JSON.stringify(modules),
      roles.map(({ role }) => role).join(","),
    ]);
    const read = readStanding(row?.standing ?? "");
    expect(read.roles.toSorted((one, other) => one.role.localeCompare(other.role))).toEqual(roles as never);
    expect(read.modules.toSorted()).toEqual(modules.map(({ module }) => module));
  }
});

test("no stored role and no entitlement is what an empty join gives", async () => {
  const database = await testDatabase();
  const [row] = await database.statement<{ standing: string }>("", text, ["[]", "[]", ""]);
  expect(row?.standing).toBe(noStanding);
  expect(readStanding(noStanding)).toEqual({ roles: [], modules: [] });
});
