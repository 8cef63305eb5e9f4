import { cursorCodec } from "../../src/core/page.ts";
import type { Scope } from "../../src/core/scope.ts";
import { foundationOf } from "../../src/db/open.ts";
import type { Database } from "../../src/db/types.ts";
import type { Runner } from "../../src/db/driver/connection.ts";
import { createReader } from "../../src/db/drizzle/handle.ts";
import { settingsStatement } from "../../src/db/tenant.ts";

/** One step of a plan. `condition` is what an index is entered with, `filter` what is looked at row by row. */
export type Step = { kind: string; relation?: string; index?: string; condition?: string; filter?: string };

type Node = Record<string, unknown> & { Plans?: Node[] };

/**
 * Reads in an organization's scope, or with null in the platform administrators', and tells how the planner ran what was read: as the application's role, under
 * row-level security, with the values that were sent.
 */
export async function explain<Id extends string | null>(
  database: Database,
  organizationId: Id,
  read: (scope: Scope & { readonly organizationId: Id }) => Promise<unknown>,
  userId = "",
): Promise<Step[]> {
  const settings = {
    "app.organization_id": organizationId ?? "",
    "app.user_id": userId,
    ...(organizationId === null ? { "app.platform_role": "admin" } : {}),
  };
  const steps: Step[] = [];
  const runner: Runner = {
    run: (statement) =>
      database.session(async (connection) => {
        await connection.exec("begin");
        try {
          await connection.run(settingsStatement(settings, { readOnly: true }));
          const text = `explain (format json) ${statement.text}`;
          const { rows } = await connection.run({ text, values: statement.values, shape: "object" });
          const [answer] = rows as [{ "QUERY PLAN": [{ Plan: Node }] }];
          steps.push(...flatten(answer["QUERY PLAN"][0].Plan));
          return await connection.run(statement);
        } finally {
          await connection.exec("rollback");
        }
      }),
    transaction: () => Promise.reject(new Error("only reads are explained")),
  };
  await read({
    organizationId,
    actor: { type: "system", id: null, impersonatorId: null },
    origin: { requestId: null, ipAddress: null, userAgent: null },
    hold: (row) => row as never,
    db: createReader(foundationOf({ schema: database.db._.fullSchema }), runner),
    now: () => new Date(),
    userId: null,
    cursors: cursorCodec("0".repeat(32)),
    mutate: () => Promise.reject(new Error("only reads are explained")),
  });
  return steps;
}

const flatten = (node: Node): Step[] => [stepOf(node), ...(node.Plans ?? []).flatMap(flatten)];

function stepOf(node: Node): Step {
  const named = { relation: "Relation Name", index: "Index Name", condition: "Index Cond", filter: "Filter" };
  const said = Object.entries(named).flatMap(([key, name]) => (node[name] === undefined ? [] : [[key, node[name]]]));
  return { kind: node["Node Type"] as string, ...Object.fromEntries(said) };
}
