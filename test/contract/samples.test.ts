import { describe, expect, test } from "bun:test";
import { getTableColumns } from "drizzle-orm";
import { modules } from "../../src/modules.ts";
import { operations } from "./document.ts";
import { sampleBody } from "./samples.ts";
import { misfits } from "./schema.ts";
import { organizationTables, sampleBehind, sampleOfTable, tables } from "./world.ts";

/** What went wrong for each of these, in words that say what to add. */
const faults = <Of>(all: readonly Of[], of: (one: Of) => unknown): string[] =>
  all.flatMap((one) => {
    try {
      of(one);
      return [];
    } catch (err) {
      return [(err as Error).message];
    }
  });

describe("every module says what the contract tests need of it", () => {
  test("a row of each of its tables that hold organizations' rows", () => {
    expect(faults(organizationTables, sampleOfTable)).toEqual([]);
    expect(organizationTables.length).toBeGreaterThan(5);
  });

  test("what each parameter of its paths names", () => {
    const named = operations.flatMap(({ path, params }) => params.map((param) => ({ path, param })));
    expect(faults(named, ({ path, param }) => param !== "org" && sampleBehind(path, param))).toEqual([]);
  });

  test("a body for each of its operations, as the reference's example, which fits the reference's schema", () => {
    expect(faults(operations, sampleBody)).toEqual([]);
    const wrong = operations.flatMap((operation) =>
      (operation.body ? misfits(operation.body, sampleBody(operation)) : []).map(
        (misfit) => `${operation.name} ${misfit}`,
      ),
    );
    expect(wrong).toEqual([]);
  });

  test("and of nothing else: its samples name tables, and fields, that there are", () => {
    const all = modules
      .flatMap(({ samples = {} }) => Object.values(samples))
      .flatMap((sample) => ("table" in sample ? [sample] : []));
    for (const { table, row, key = "id" } of all) {
      const columns = Object.keys(getTableColumns(tables.get(table)!));
      expect({ table, unknown: Object.keys(row?.("x") ?? {}).filter((field) => !columns.includes(field)) }).toEqual({
        table,
        unknown: [],
      });
      if (columns.includes("id")) expect(columns).toContain(key);
    }
    const names = modules.flatMap(({ samples = {} }) => Object.keys(samples));
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});
