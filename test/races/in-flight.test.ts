import { afterAll, beforeAll, expect } from "bun:test";
import type { Database } from "../../src/db/types.ts";
import { openService, type Service } from "../harness/app.ts";
import { reporting } from "../harness/reporting.ts";
import { freshDatabase } from "../harness/database.ts";
import type { FreshDatabase } from "../harness/fresh-database.ts";
import { type Holder, makeHolders } from "../harness/holders.ts";
import { changes, truncations } from "./changes.ts";
import { lasting, until } from "../harness/time.ts";

let fresh: FreshDatabase;
let service: Service;
const test = reporting(() => service);
/** What verification has read is handed over when this has resolved. */
let handedOver: Promise<void> = Promise.resolve();
let readings = 0;

beforeAll(async () => {
  fresh = await freshDatabase();
  const { database } = fresh;
  const slow: Database = {
    ...database,
    async statement<R>(name: string, text: string, values: readonly unknown[]): Promise<R[]> {
      const rows = await database.statement<R>(name, text, values);
      if (name.startsWith("verify_")) {
        readings++;
        await handedOver;
      }
      return rows;
    },
  };
  service = await openService({ database: slow });
});
afterAll(async () => {
  await service.deps.close();
  await fresh.dispose();
});

for (const change of [...changes, ...truncations].filter(({ name }) => name.startsWith("SQL")))
  test(`what was read before ${change.name} isn't kept when it arrives after the news`, async () => {
    const { database } = fresh;
    const [holder] = (await makeHolders(database, 1)) as [Holder];
    const { prepare } = change;
    if (prepare) await database.session(({ exec }) => exec(prepare(holder)));
    const { query, headers } = change.ask(holder);
    const ask = () => service.anonymous.get(`/v1/verify${query}`, headers);
    await until(() => service.deps.verifier.trusted());

    const { promise, resolve } = Promise.withResolvers<void>();
    handedOver = promise;
    const before = readings;
    const early = ask();
    await until(() => readings > before);
    const heard: string[] = [];
    const listener = await database.listen(
      "gatehouse",
      (payload) => void heard.push(payload),
      () => {},
    );
    await change.make({
      replica: { request: service.anonymous.request, process: undefined },
      database,
      holder,
    });
    await until(() => heard.some((payload) => !/^(beat|echo):/.test(payload)));
    await listener.close();
    await lasting(20);
    resolve();
    expect(change.shown(await early)).toBe(false);
    for (let n = 0; n < 3; n++) expect(change.shown(await ask())).toBe(true);
  });
