import { expect, test } from "bun:test";
import { declaredProblems } from "./declared-problems.ts";
import { document, oauthPaths, operations, refusalsOf } from "./document.ts";

const declared = declaredProblems();
const codes = declared.map(([code]) => code).toSorted();

test("every problem's code, status and title, for clients to switch over", () => {
  for (const code of codes) expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
  const lines = declared.map(([code, { status, title }]) => `${status} ${code}: ${title}`);
  expect(lines.toSorted().join("\n")).toMatchSnapshot();
  const described = document.components.schemas?.["Problem"]?.properties?.["code"]?.enum;
  expect(described).toEqual(expect.arrayContaining(codes));
});

const implied = new Set(
  "400 malformed_request,400 credential_in_url,400 conflicting_credentials,401 unauthenticated,429 quota_exceeded,429 rate_limited,503 unavailable".split(
    ",",
  ),
);

test("every operation, who may call it, and the problems that it documents", () => {
  const lines = operations.map((operation) => {
    const { name, access, responses } = operation;
    const fresh = access.fresh ? ", fresh" : "";
    const who = ("permission" in access ? `${access.kind} ${access.permission}` : access.kind) + fresh;
    const good = Object.keys(responses).filter((status) => status < "400");
    const refusals = refusalsOf(operation);
    const all = [...implied].every((each) => refusals.includes(each));
    const shown = refusals.filter((refusal) => !all || !implied.has(refusal));
    return `${name}  [${who}]  ${[...good, ...(all ? ["…"] : []), ...shown].join(", ")}`;
  });
  expect([`…: ${[...implied].join(", ")}`, ...lines.toSorted()].join("\n")).toMatchSnapshot();
});

test("every problem is some operation's, but for those of no operation", () => {
  const documented = new Set(operations.flatMap(refusalsOf).map((refusal) => refusal.split(" ")[1]));
  expect(codes.filter((code) => !documented.has(code))).toEqual([
    // Of modules that must be granted; these are everybody's.
    "entitlement_required",
    "internal_error",
    "method_not_allowed",
  ]);
});

test("the errors of OAuth are those of introspection alone", () => {
  expect([...oauthPaths]).toEqual(["/v1/introspect"]);
});

test("every operation documents the problems that its kind implies, each as a problem", () => {
  for (const operation of operations) {
    const { name, access, responses, parameters, requestBody, params } = operation;
    const statuses = [
      ...(access.kind === "public" ? [] : ["401", "503"]),
      ...(access.kind === "organization" ? ["403", "404"] : []),
      ...(access.kind === "platform" || params.length > 0 ? ["404"] : []),
      ...(requestBody ? ["400", "413", oauthPaths.has(operation.path) ? "400" : "422"] : []),
      // A proxy passes on 400, and no 422.
      ...(parameters?.some(({ in: place }) => place === "query") && operation.path !== "/v1/verify" ? ["422"] : []),
    ];
    const missing = statuses.filter((status) => !responses[status]);
    expect({ name, missing }).toEqual({ name, missing: [] });
    const refusals = Object.entries(responses).filter(([status]) => status >= "400");
    for (const [status, { content }] of refusals)
      expect({ name, status, type: Object.keys(content ?? {}) }).toEqual({
        name,
        status,
        type: [oauthPaths.has(operation.path) ? "application/json" : "application/problem+json"],
      });
  }
});
