import { describe, expect, test } from "bun:test";
import { inSandbox } from "../../../harness/app.ts";

describe("GET /v1/admin/health", () => {
  test("200 with the database, its pool and no pending migration", () =>
    inSandbox(async (service) => {
      const root = await service.signUp({ administrator: true });
      const { status, body } = await root.get("/v1/admin/health");
      expect(status).toBe(200);
      expect(body).toEqual({
        status: "ok",
        uptimeSeconds: expect.any(Number),
        database: { kind: service.database.kind },
        pool: { max: 1, total: 1, idle: expect.any(Number), waiting: 0 },
        migrations: { applied: expect.any(Number), pending: [] },
        // A sandbox hears of no commit.
        verification: { trusted: false, kept: 0 },
        mail: { by: "files", fault: null },
      });
    }));
});
