import { expect, test } from "bun:test";
import { getAuthTables } from "better-auth/db";
import type { Actor } from "../harness/actor.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { undeclared } from "./answers.ts";
import { authRequests, fieldsOf, openStage, type Schema, sendTo, type AuthRequest } from "./auth-requests.ts";
import { authOperation } from "./document.ts";
import { misfits } from "./schema.ts";

type Endpoint = { path?: string; options?: { method?: string | string[]; body?: Schema; query?: Schema } };

const values: readonly unknown[] = [
  null,
  "",
  "x",
  "-1",
  "1e30",
  "a,b,,",
  "🦊".repeat(3000),
  -1,
  1.5,
  1e18,
  true,
  [],
  [null],
  ["x", "x"],
  {},
  { x: [{ y: null }] },
];

/** What to send in place of a valid request: one field after another with each value, there and one level deeper. */
function* mutations(sample: Record<string, unknown>, schema: Schema | undefined): Generator<Record<string, unknown>> {
  const fields = fieldsOf(schema);
  for (const name of new Set([...Object.keys(fields), ...Object.keys(sample)])) {
    for (const value of values) yield { ...sample, [name]: value };
    const { [name]: _, ...without } = sample;
    yield without;
    const inner = sample[name];
    const nested = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : {};
    for (const key of new Set([...Object.keys(fieldsOf(fields[name])), ...Object.keys(nested)]))
      for (const value of values) yield { ...sample, [name]: { ...nested, [key]: value } };
  }
  yield { ...sample, nothing: "of the kind" };
}

const texts: readonly string[] = [
  "",
  "x",
  "-1",
  "1.5",
  "1e30",
  "null",
  "true",
  "%F0%9F%A6%8A",
  "a,b",
  "2026-13-45",
  "x".repeat(3000),
];

/** The same for a query. */
function* queries(query: string, schema: Schema | undefined): Generator<string> {
  const [before = "", sample = ""] = query.split("?");
  const given = new URLSearchParams(sample);
  for (const name of new Set([...Object.keys(fieldsOf(schema)), ...given.keys()])) {
    for (const value of texts) {
      const changed = new URLSearchParams(given);
      changed.set(name, decodeURIComponent(value));
      yield `${before}?${changed}`;
    }
    yield `${before}?${given}&${name}=1&${name}=2`;
    yield `${before}?${given}&${name}[]=1`;
  }
}

test.each(Object.keys(authRequests))(
  "%s: no input is answered with a 5xx, or with what the document doesn't declare",
  (key) =>
    inSandbox(async (service) => {
      const stage = await openStage(service);
      const prepare = async () => (await authRequests[key]?.(stage)) as AuthRequest;
      const [method = "", path = ""] = key.split(" ");
      const endpoints = Object.values(service.deps.auth.api as unknown as Record<string, Endpoint>);
      const { options } =
        endpoints.find((each) => each.path === path && [each.options?.method].flat().includes(method)) ?? {};
      let request = await prepare();
      const changes: Partial<AuthRequest>[] = [
        ...(method === "POST" ? [...mutations(request.body ?? {}, options?.body)].map((body) => ({ body })) : []),
        ...[...queries(request.query ?? "", options?.query)].map((query) => ({ query })),
      ];
      const faults: string[] = [];
      for (const change of changes) {
        const answer = await sendTo(key, { ...request, ...change });
        const { status } = answer;
        const operation = authOperation(key)!;
        // better-auth makes a text of any user's id, and ignores fields that it doesn't know.
        const { userId, ...sent } = change.body ?? {};
        const read = userId === undefined ? sent : { ...sent, userId: "whoever" };
        const wrong = change.body && operation.body ? misfits(operation.body, read) : [];
        const refused = wrong.some((misfit) => !misfit.endsWith("isn't declared"));
        const fault =
          status >= 500
            ? String(status)
            : refused && status < 400
              ? `${status}, but the document refuses it: ${wrong.join("; ")}`
              : undeclared(operation, answer);
        if (fault !== null) faults.push(`${JSON.stringify(change).slice(0, 200)}: ${fault}`);
        if (status < 400 && method === "POST") request = await prepare();
      }
      expect(faults).toEqual([]);
    }),
);

const operators = "eq ne lt lte gt gte in not_in contains starts_with ends_with".split(" ");

test("a list is filtered by any field, compared in any way with anything, without a 5xx; dates and yes or no by what they are", () =>
  inSandbox(async (service) => {
    const { owner, id } = await service.organization();
    const root = await service.signUp({ administrator: true });
    const lists: [Actor, string, Tables[string] | undefined][] = [
      [owner, `organization/list-members?organizationId=${id}&`, tables(service)["member"]],
      [root, "admin/list-users?", tables(service)["user"]],
    ];
    for (const [who, list, table] of lists)
      for (const field of ["id", ...Object.keys(table?.fields ?? {})])
        for (const operator of operators)
          for (const value of ["x", "2026-01-01"]) {
            const asked = `${list}filterField=${field}&filterOperator=${operator}&filterValue=${value}`;
            const { status } = await who.get(`/api/auth/${asked}`);
            expect([asked, status === 200 || status === 400]).toEqual([asked, true]);
          }
    const found = async (query: string) =>
      ((await root.get(`/api/auth/admin/list-users?${query}`)).body as { total: number }).total;
    const all = await found("");
    expect(all).toBeGreaterThan(0);
    expect(await found("filterField=createdAt&filterOperator=gt&filterValue=2000-01-01")).toBe(all);
    expect(await found("filterField=createdAt&filterOperator=lt&filterValue=2000-01-01")).toBe(0);
    expect(await found("filterField=banned&filterOperator=eq&filterValue=true")).toBe(0);
    expect(await found(`filterField=id&filterOperator=in&filterValue=${root.userId}`)).toBe(1);
  }));

type Tables = ReturnType<typeof getAuthTables>;
const tables = ({ deps }: Service): Tables => getAuthTables(deps.auth.options);
