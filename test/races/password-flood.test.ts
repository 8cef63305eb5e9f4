import { expect, test } from "bun:test";
import { openService, passwords } from "../harness/app.ts";
import { freshDatabase } from "../harness/database.ts";

test("a flood of sign-ups that wait for a hash leaves connections to everyone else", async () => {
  await using fresh = await freshDatabase();
  const [hashing, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let flooding = false;
  const service = await openService({
    database: fresh.database,
    passwords: {
      ...passwords,
      async hash(password) {
        hashing.resolve();
        if (flooding) await held.promise;
        return passwords.hash(password);
      },
    },
  });
  const somebody = await service.signUp();
  flooding = true;
  const flood = Promise.all(Array.from({ length: 50 }, () => service.signUp()));
  await hashing.promise;
  for (let i = 0; i < 20; i++) expect((await somebody.get("/v1/me/organizations")).status).toBe(200);
  held.resolve();
  expect((await flood).length).toBe(50);
  await service.deps.close();
});
