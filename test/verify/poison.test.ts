import { expect, test } from "bun:test";
import { inSandbox } from "../harness/app.ts";
import { makeHolders } from "../harness/holders.ts";

test("a role that can't be read breaks its members' verification, and none that shares a statement with it", () =>
  inSandbox(async ({ database, anonymous }) => {
    const [broken, ...whole] = await makeHolders(database, 8);
    const role = `insert into organization_role (id, organization_id, role, permission, rules, created_at)
      values ($1, $2, 'odd', '{}', '{"project:read": null}', now())`;
    await database.statement("", role, [Bun.randomUUIDv7(), broken?.organizationId]);
    await database.statement("", "update member set role = 'odd' where id = $1", [broken?.memberId]);
    const verify = (headers = {}) => anonymous.get("/v1/verify", headers);
    // The first ones go at once; the rest wait together.
    const answers = await Promise.all([broken, ...whole, broken, ...whole].map((holder) => verify(holder?.session)));
    expect(answers.map(({ status }) => status)).toEqual([500, ...whole.map(() => 200), 500, ...whole.map(() => 200)]);
  }));
