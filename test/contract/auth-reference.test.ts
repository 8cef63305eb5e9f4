import { describe, expect, test } from "bun:test";
import { authRoutes } from "../../src/auth/mount/routes.ts";
import type { Answer } from "../harness/answer.ts";
import { inSandbox } from "../harness/app.ts";
import { cookieOf } from "../harness/cookies.ts";
import { openProvider } from "../harness/provider.ts";
import { undeclared } from "./answers.ts";
import { authRequests, openStage, sendTo } from "./auth-requests.ts";
import { authOperation, authOperations, document, operations } from "./document.ts";

describe("better-auth's routes in the document", () => {
  test("are those that a request can succeed at, and what is closed is named with what does it instead", () => {
    expect(Object.keys(authRequests).filter((key) => authOperation(key) === undefined)).toEqual([]);
    const ofProviders = Object.keys(authRoutes).filter((key) => authRoutes[key]?.provider);
    expect(ofProviders.filter((key) => authOperation(key) === undefined)).toEqual([]);
    expect(authOperations).toHaveLength(Object.keys(authRequests).length + ofProviders.length);
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

  test("answer too many requests as declared", () =>
    inSandbox(
      async ({ anonymous }) => {
        const body = { email: "nobody@example.com", password: "a wrong one" };
        const found: (number | string | null)[] = [];
        for (let n = 0; n < 12; n++) {
          const answer = await anonymous.post("/api/auth/sign-in/email", body);
          found.push(undeclared(authOperation("POST /sign-in/email")!, answer) ?? answer.status);
        }
        expect([...new Set(found)]).toEqual([401, 429]);
      },
      { env: { RATE_LIMIT: "on" } },
    ));

  test("of providers likewise, through a whole sign-in", async () => {
    await using provider = await openProvider();
    provider.claims = { sub: "ada-at-acme", email: "ada@acme.example", email_verified: true, name: "Ada" };
    await inSandbox(
      async (service) => {
        const faults: string[] = [];
        const ask = async (key: string, path: string, cookie: string, body?: object) => {
          const type = body ? { "content-type": "application/json" } : {};
          const sent = { headers: { cookie, ...type }, ...(body ? { body: JSON.stringify(body) } : {}) };
          const answer = await service.anonymous.request(body ? "POST" : "GET", `/api/auth${path}`, sent);
          const fault = undeclared(authOperation(key)!, answer);
          if (fault !== null || answer.status >= 400) faults.push(`${key} ${fault ?? ""} ${answer.text}`);
          return answer;
        };
        const back = async ({ body }: Answer) => {
          const there = await fetch((body as { url: string }).url, { redirect: "manual" });
          return (there.headers.get("location") ?? "").replace(/^.*\/api\/auth/, "");
        };
        const leads = { provider: "acme", callbackURL: "/" };
        const asked = await ask("POST /sign-in/social", "/sign-in/social", "", leads);
        const came = await ask("GET /callback/:id", await back(asked), cookieOf(asked.headers));
        const cookie = cookieOf(came.headers);
        const linked = await ask("POST /link-social", "/link-social", cookie, leads);
        await ask("GET /callback/:id", await back(linked), `${cookie}; ${cookieOf(linked.headers)}`);
        const accounts = (await service.anonymous.get("/api/auth/list-accounts", { cookie })).body as { id: string }[];
        const accountId = accounts[0]?.id ?? "";
        await ask("GET /account-info", `/account-info?accountId=${accountId}`, cookie);
        await ask("POST /get-access-token", "/get-access-token", cookie, { accountId });
        await ask("POST /refresh-token", "/refresh-token", cookie, { accountId });
        await ask("POST /callback/:id", "/callback/acme", "", { error: "access_denied", state: "x" });
        expect(faults).toEqual([]);
      },
      { env: provider.env("ACME") },
    );
  });
});
