import { expect, test } from "bun:test";
import type { Statement } from "../../src/db/driver/connection.ts";
import { ask } from "./answers.ts";
import { operations } from "./document.ts";
import { sampleInit } from "./samples.ts";
import { onStage } from "./stage.ts";

/** A statement that fails as every one does on a server that is shutting down. */
const failing: Statement = {
  text: "do $$ begin raise exception 'terminating connection' using errcode = '57P01'; end $$",
  values: [],
  shape: "object",
};

test("503 with Retry-After as every operation declares it, but for those that ask the database nothing", async () => {
  let away = false;
  await onStage(
    async ({ who, at }) => {
      const asking = operations.filter(({ responses }) => responses["503"] !== undefined);
      const prepared = asking.map((operation) => [operation, who(operation), at(operation)] as const);
      away = true;
      const found: string[] = [];
      for (const [operation, somebody, path] of prepared) {
        const { status, headers } = await ask(somebody, operation, path, sampleInit(operation));
        if (status !== 503 || headers.get("retry-after") === null) found.push(`${operation.name} ${status}`);
      }
      away = false;
      expect(found).toEqual([]);
      expect(operations.filter((operation) => !asking.includes(operation)).map(({ name }) => name)).toEqual([
        "GET /livez",
        "GET /.well-known/oauth-authorization-server",
        "GET /v1/settings",
      ]);
    },
    { intercept: (statement) => (away ? failing : statement) },
  );
});

test("429 with what is left as every operation that counts declares it", () =>
  onStage(
    async ({ who, at }) => {
      const counting = operations.filter(({ responses }) =>
        Object.entries(responses).some(([status, { headers = {} }]) => status < "300" && "RateLimit-Limit" in headers),
      );
      expect(counting.length).toBeGreaterThan(100);
      const found: string[] = [];
      for (const operation of counting) {
        if (operation.access.kind === "credential") continue;
        // The first of them may pass: it is the one request of the minute.
        await who(operation).get("/v1/me");
        const { status } = await ask(who(operation), operation, at(operation), sampleInit(operation));
        if (status !== 429) found.push(`${operation.name} ${status}`);
      }
      expect(found).toEqual([]);
    },
    { env: { RATE_LIMIT: "on", RATE_LIMIT_PER_MINUTE: "1" } },
  ));
