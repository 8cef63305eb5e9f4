import { expect, setDefaultTimeout, test } from "bun:test";
import { openService, passwords } from "../harness/app.ts";
import { freshDatabase } from "../harness/database.ts";

setDefaultTimeout(60_000);

const serverUrl = process.env.TEST_DATABASE_URL;

// An embedded database has one connection, which a sign-up's transaction holds for as long as it takes.
test.skipIf(serverUrl === undefined)(
  "a flood of sign-ups, which hash inside their transactions, leaves connections to everyone else",
  async () => {
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
  },
);
