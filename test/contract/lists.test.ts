import { expect, test } from "bun:test";
import type { Statement } from "../../src/db/driver/connection.ts";
import type { Answer } from "../harness/answer.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { keyHolder } from "../harness/keys.ts";
import { filled, notProblem, type Operation, operations } from "./document.ts";
import { Faults } from "./faults.ts";
import { fillings, openWorld } from "./world.ts";

const lists = operations.filter(({ parameters }) => parameters?.some(({ name }) => name === "cursor"));

const ordersOf = ({ parameters }: Operation): (string | undefined)[] =>
  (parameters?.find(({ name }) => name === "sort")?.schema?.enum as string[] | undefined) ?? [undefined];

/** A plan under these settings sorts only where no index has the order, however few the rows are. */
const planner = `create function pg_temp.plan(query text) returns json language plpgsql
  set enable_sort = off set enable_seqscan = off set enable_bitmapscan = off as $$
  declare plan json; begin execute 'explain (format json) ' || query into plan; return plan; end $$`;

type Node = { "Node Type": string; Plans?: Node[] };

const nodesOf = (node: Node): string[] => [node["Node Type"], ...(node.Plans ?? []).flatMap(nodesOf)];

const answered = ({ status, text }: Answer): string => `${status} ${text.slice(0, 300)}`;

function literal(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return `array[${value.map(literal).join(", ")}]`;
  const text = value instanceof Date ? value.toISOString() : typeof value === "string" ? value : JSON.stringify(value);
  return `'${text.replaceAll("'", "''")}'`;
}

/** How the database would run a statement that was recorded. */
async function planOf({ database }: Service, { text, values }: Statement): Promise<string[]> {
  const query = text.replaceAll(/\$(\d+)/g, (_, at: string) => literal(values[Number(at) - 1]));
  const rows = await database.statement("", "select pg_temp.plan($1)", [query]);
  const [{ plan }] = rows as [{ plan: [{ Plan: Node }] }];
  return nodesOf(plan[0].Plan);
}

test("each list has an index for each order that it offers, on the first page and on the next", async () => {
  let seen: Statement[] = [];
  const intercept = (statement: Statement): Statement => {
    seen.push(statement);
    return statement;
  };
  const faults = new Faults();
  let pages = 0;
  await inSandbox(
    async (service) => {
      const world = await openWorld(service);
      const admin = await service.signUp({ administrator: true });
      await service.database.statement("", `update "user" set email_verified = true`, []);
      await service.database.statement("", planner, []);
      for (const operation of lists) {
        const [values] = fillings(operation.path, operation.params, world.rowsOfA);
        const path = filled(operation.path, { org: world.a.id, ...values });
        const who = operation.access.kind === "platform" ? admin : world.owner;
        for (const sort of ordersOf(operation)) {
          let cursor: string | null = null;
          do {
            const query = new URLSearchParams({ limit: "1", ...(sort && { sort }), ...(cursor && { cursor }) });
            seen = [];
            const answer = await who.get(`${path}?${String(query)}`);
            expect(answered(answer)).toStartWith("200 ");
            const asked = seen.filter(({ text }) => /\border by\b.*\blimit\b/is.test(text));
            if (asked.length === 0) faults.add(operation, String(query), "no statement with an order and a limit");
            for (const statement of asked) {
              const sorts = (await planOf(service, statement)).filter((kind) => kind.endsWith("Sort"));
              if (sorts.length > 0)
                faults.add(operation, String(query), `no index has its order: add one to the table. ${statement.text}`);
            }
            pages++;
            const first: boolean = cursor === null;
            ({ nextCursor: cursor } = answer.body as { nextCursor: string | null });
            if (!first) break;
          } while (cursor !== null);
        }
      }
    },
    { intercept },
  );
  faults.none();
  expect(lists.length).toBeGreaterThan(8);
  expect(pages).toBeGreaterThan(lists.length);
});

test("403 for what is in the trash, on every list, to who may read and not delete", () =>
  inSandbox(async (service) => {
    const { a, rowsOfA } = await openWorld(service);
    const faults = new Faults();
    const withTrash = lists.filter(({ parameters }) => parameters?.some(({ name }) => name === "deleted"));
    for (const operation of withTrash) {
      if (!("permission" in operation.access)) throw new Error(`${operation.name} asks for no permission`);
      const { permission } = operation.access;
      const reader = await keyHolder(service, a, [permission]);
      const [values] = fillings(operation.path, operation.params, rowsOfA);
      const path = filled(operation.path, { org: a.id, ...values });
      expect(answered(await reader.get(path))).toStartWith("200 ");
      for (const deleted of ["include", "only"]) {
        const answer = await reader.get(`${path}?deleted=${deleted}`);
        const fault = notProblem(answer, 403, "forbidden");
        faults.add(operation, `deleted=${deleted}`, fault && `requires no permission but ${permission}: ${fault}`);
      }
    }
    faults.none();
    expect(withTrash.length).toBeGreaterThan(1);
  }));
