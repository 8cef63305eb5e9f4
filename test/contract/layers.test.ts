import { describe, expect, test } from "bun:test";
import { getTableColumns } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { inSandbox, type Service } from "../harness/app.ts";
import { filled, notProblem, organizationOperations } from "./document.ts";
import { Faults } from "./faults.ts";
import { sampleInit } from "./samples.ts";
import { contentsOf, fillings, isWord, openWorld, type Rows, tables } from "./world.ts";

/** Lets every row through to everybody, so that only what the code itself asks for is left. */
async function liftRowSecurity({ database }: Service): Promise<void> {
  for (const name of tables.keys())
    await database.statement(
      "",
      `create policy lifted on "${name}" to gatehouse_app using (true) with check (true)`,
      [],
    );
}

/** The ids that only these rows have; the two organizations share their owner. */
const alone = (rows: Rows, others: Rows): string[] => {
  const shared = new Set([...others.values()].flat());
  return [...rows.values()].flat().filter((id) => !shared.has(id));
};

describe("without row-level security, the queries themselves", () => {
  test("answer 404 for another organization's rows, and leave them as they are", () =>
    inSandbox(async (service) => {
      const faults = new Faults();
      const { a, b, owner, rowsOfB } = await openWorld(service);
      await liftRowSecurity(service);
      const before = await contentsOf(service, b.id);
      for (const operation of organizationOperations) {
        if (operation.params.every((param) => param === "org" || isWord(param))) continue;
        for (const values of fillings(operation.path, operation.params, rowsOfB)) {
          const path = filled(operation.path, { org: a.id, ...values });
          const answer = await owner.request(operation.method, path, sampleInit(operation));
          faults.add(operation, `the owner, ${JSON.stringify(values)}`, notProblem(answer, 404, "not_found"));
        }
      }
      faults.none();
      expect(await contentsOf(service, b.id)).toEqual(before);
    }));

  test("show nothing of another organization in what they list", () =>
    inSandbox(async (service) => {
      const faults = new Faults();
      const { a, owner, rowsOfA, rowsOfB } = await openWorld(service);
      await liftRowSecurity(service);
      const foreign = alone(rowsOfB, rowsOfA);
      for (const operation of organizationOperations) {
        if (operation.method !== "GET") continue;
        for (const values of fillings(operation.path, operation.params, rowsOfA)) {
          const { text } = await owner.get(filled(operation.path, { org: a.id, ...values }));
          const seen = foreign.filter((id) => text.includes(id));
          faults.add(operation, "the owner", seen.length > 0 ? `shows ${seen.join(", ")} in ${text}` : null);
        }
      }
      faults.none();
    }));
});

test("without a query's own condition, row-level security shows the organization's rows alone", () =>
  inSandbox(async (service) => {
    const { a, owner } = await openWorld(service);
    const scoped = service.database.scoped({ "app.organization_id": a.id, "app.user_id": owner.userId });
    let seen = 0;
    for (const [name, table] of tables) {
      const { organizationId } = getTableColumns(table) as Record<string, PgColumn>;
      if (!organizationId) continue;
      const rows = await scoped.select({ organization: organizationId }).from(table);
      // What is nobody's is everybody's.
      const owners = rows.map(({ organization }) => organization as string | null).filter((id) => id !== null);
      expect([name, ...owners.filter((id) => id !== a.id)]).toEqual([name]);
      seen += owners.length;
    }
    expect(seen).toBeGreaterThan(5);
  }));
