import { expect, test } from "bun:test";
import { join } from "node:path";
import { operations } from "./document.ts";

const root = join(import.meta.dir, "../..");

// In a process of its own: other tests declare problems too, which are nobody's contract.
const program = `
  import "./src/app.ts";
  import "./src/deps.ts";
  import { declaredProblems } from "./src/core/problem.ts";
  console.log(JSON.stringify([...declaredProblems()]));
`;

test("every problem's code, status and title, for clients to switch over", () => {
  const { stdout, stderr, success } = Bun.spawnSync([process.execPath, "-e", program], { cwd: root });
  expect(success || stderr.toString()).toBe(true);
  const declared = JSON.parse(stdout.toString()) as [string, { status: number; title: string }][];
  for (const [code] of declared) expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
  const lines = declared.map(([code, { status, title }]) => `${status} ${code}: ${title}`);
  expect(lines.toSorted().join("\n")).toMatchSnapshot();
});

test("every operation, who may call it, and the statuses it documents", () => {
  const everywhere = new Set(operations.map(({ responses }) => new Set(Object.keys(responses))).reduce(intersect));
  const lines = operations.map(({ name, access, responses }) => {
    const who = "permission" in access ? `${access.kind} ${access.permission}` : access.kind;
    const statuses = Object.keys(responses).filter((status) => !everywhere.has(status));
    return `${name}  [${who}]  ${statuses.join(" ")}`;
  });
  expect([`all: ${[...everywhere].join(" ")}`, ...lines.toSorted()].join("\n")).toMatchSnapshot();
});

const intersect = (one: Set<string>, other: Set<string>): Set<string> => one.intersection(other);

test("every operation documents the refusals that its kind implies", () => {
  for (const { name, access, responses, parameters, requestBody, params } of operations) {
    const implied = [
      ...(access.kind === "public" ? [] : ["401"]),
      ...(access.kind === "organization" ? ["403", "404"] : []),
      ...(access.kind === "platform" || params.length > 0 ? ["404"] : []),
      ...(requestBody ? ["400", "413", "415", "422"] : []),
      ...(parameters?.some(({ in: place }) => place === "query") ? ["422"] : []),
    ];
    const missing = implied.filter((status) => !responses[status]);
    expect({ name, missing }).toEqual({ name, missing: [] });
    const refusals = Object.entries(responses).filter(([status]) => status >= "400");
    for (const [status, { content }] of refusals)
      expect({ name, status, type: Object.keys(content ?? {}) }).toEqual({
        name,
        status,
        type: ["application/problem+json"],
      });
  }
});
