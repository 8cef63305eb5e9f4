import { describe, expect, test } from "bun:test";
import { openDatabase } from "../../src/db/open.ts";
import { explainDatabase } from "../../src/db/explain.ts";
import { explain } from "../../src/ops/explain.ts";
import * as schema from "../../src/schema.ts";
import { failure } from "./failure.ts";

const serverUrl = process.env["TEST_DATABASE_URL"];

/** What is said of the first statement to `url`. */
async function said(url: string): Promise<string> {
  const database = await openDatabase({ url, schema, poolMax: 1, connectTimeoutMs: 2_000 });
  try {
    return explainDatabase(await failure(database.ping()), { url }) ?? "nothing";
  } finally {
    await database.close();
  }
}

const at = (change: (url: URL) => void): string => {
  const url = new URL(serverUrl ?? "");
  change(url);
  return url.href;
};

describe("one line names host, port, database and the setting to correct", () => {
  test("where nobody listens, and never the password", async () => {
    const line = await said("postgres://u:hunter2@127.0.0.1:1/app");
    expect(line).toContain("PostgreSQL at 127.0.0.1:1, database app, doesn't answer (ECONNREFUSED)");
    expect(line).toContain("DATABASE_URL");
    expect(line).not.toContain("hunter2");
  });

  test("where the name has no address", async () => {
    expect(await said("postgres://u@no-such-host.invalid/app")).toContain(
      "no-such-host.invalid:5432, database app, doesn't",
    );
  });

  test.skipIf(!serverUrl)("where the database isn't there", async () => {
    const line = await said(at((url) => (url.pathname = "/gatehouse_nowhere")));
    expect(line).toContain("has no database gatehouse_nowhere (3D000): create it");
  });

  test.skipIf(!serverUrl)("where the user isn't there", async () => {
    expect(await said(at((url) => (url.username = "gatehouse_nobody")))).toContain("refuses the user gatehouse_nobody");
  });

  test.skipIf(!serverUrl)("where the server has no TLS", async () => {
    expect(await said(at((url) => (url.search = "sslmode=verify-full")))).toContain("correct sslmode in DATABASE_URL");
  });

  test("where a directory can't be made", async () => {
    const err = await failure(openDatabase({ url: "pglite:/dev/null/data", schema }));
    expect(explain(err, { url: "pglite:/dev/null/data" })).toMatch(/^\/dev\/null\/data can't be used \(E[A-Z]+\)/);
  });

  test("and not for an error that is about something else", () => {
    expect(explainDatabase(new Error("no"), { url: "postgres://a/b" })).toBeUndefined();
  });
});
