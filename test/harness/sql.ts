import type { Database } from "../../src/db/types.ts";

/** Runs SQL past the service, as its owner: `sqlOf(service)("select … where id = $1", id)`. */
export const sqlOf =
  ({ database }: { database: Database }) =>
  <Row = Record<string, unknown>>(text: string, ...values: unknown[]): Promise<Row[]> =>
    database.statement<Row>(`test_${Bun.hash(text)}`, text, values);
