import { describe, expect, test } from "bun:test";
import { authRoutes } from "../../src/auth/mount/routes.ts";
import { inSandbox } from "../harness/app.ts";
import { undeclared } from "./answers.ts";
import { authRequests, openStage, sendTo } from "./auth-requests.ts";
import { authOperation, authOperations, document, operations } from "./document.ts";

describe("better-auth's routes in the document", () => {
  test("are those that a request can succeed at, and what is closed is named with what does it instead", () => {
    expect(Object.keys(authRequests).filter((key) => authOperation(key) === undefined)).toEqual([]);
    expect(authOperations).toHaveLength(Object.keys(authRequests).length);
    for (const [key, { disabled }] of Object.entries(authRoutes)) {
      if (disabled === undefined) continue;
      expect(JSON.stringify(document.tags)).toContain(`\`${key}\` is closed: ${disabled}`);
    }
  });

  test("have ids of their own, and summaries that no other operation has", () => {
    const all = [...authOperations, ...operations];
    for (const field of ["operationId", "summary"] as const) {
      const said = all.map((operation) => operation[field] ?? "");
      expect(said.filter((text, at) => text === "" || said.indexOf(text) !== at)).toEqual([]);
    }
    for (const { operationId, summary } of authOperations) {
      expect(operationId).toMatch(/^auth\.[a-z][A-Za-z]*$/);
      expect(summary).toMatch(/^[A-Z].{4,80}[^.]$/);
    }
  });

  test("answer what is declared: status, body and headers", () =>
    inSandbox(async (service) => {
      const stage = await openStage(service);
      const faults: (string | null)[] = [];
      for (const [key, prepare] of Object.entries(authRequests)) {
        const answer = await sendTo(key, await prepare(stage));
        const fault = undeclared(authOperation(key)!, answer);
        faults.push(fault && `${key} ${fault}`);
        if (answer.status >= 400) faults.push(`${key} answers ${answer.status}`);
      }
      expect(faults.filter((fault) => fault !== null)).toEqual([]);
    }));

  test("take a session where they say so, and refuse who has none there only", () =>
    inSandbox(async (service) => {
      const stage = await openStage(service);
      const found: string[] = [];
      for (const [key, prepare] of Object.entries(authRequests)) {
        const answer = await sendTo(key, { ...(await prepare(stage)), who: service.anonymous });
        const fault = undeclared(authOperation(key)!, answer);
        if (fault !== null) found.push(`${key} ${fault}`);
        const session = authOperation(key)?.security?.length !== 0;
        if (session !== /^40[01]$/.test(String(answer.status)))
          found.push(`${key} answers ${answer.status} without a session`);
      }
      expect(found).toEqual([]);
    }));
});
