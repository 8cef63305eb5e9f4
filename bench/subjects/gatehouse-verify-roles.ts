import { Client } from "pg";
import { owner, manyRoles } from "../seed.ts";
import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "gatehouse-verify-roles",
  about: "the same by five roles of the organization with 200 permissions, and ten entitlements",
  database: "large",
  async start(context) {
    const client = new Client({ connectionString: context.databaseUrl });
    await client.connect();
    const roles = ["r1", "r2", "r3", "r4", "r5"];
    for (const [at, role] of roles.entries())
      await client.query(roleOf40, [`role-${at}`, manyRoles, role, permissions(at)]);
    await client.query(
      `insert into entitlement (organization_id, module, created_at) select $1, 'module-' || n, now() from generate_series(1, 10) n`,
      [manyRoles],
    );
    await client.query(
      `insert into member (id, organization_id, user_id, role, created_at) values ('many-roles', $1, $2, $3, now())`,
      [manyRoles, owner, roles.join(",")],
    );
    await client.query("vacuum analyze member, organization_role, entitlement");
    await client.end();
    const { serveGatehouse } = await import("../gatehouse.ts");
    return await serveGatehouse(context, `/v1/verify?org=${manyRoles}`, { VERIFY_CACHE_SIZE: "0" });
  },
  answers: (body) => body.includes('"role":"r1,r2,r3,r4,r5"') && body.includes("project:read"),
};

const roleOf40 = `insert into organization_role (id, organization_id, role, permission, rules, created_at)
  values ($1, $2, $3, $4, '{"task:update":{"scope":"own"}}', now())`;

/** Thirty-nine allowances: some that there are, the rest as of modules that are gone. The rule is the fortieth. */
const permissions = (role: number): string =>
  JSON.stringify({
    project: ["create", "read", "update"],
    task: ["create", "read"],
    [`gone${role}`]: Array.from({ length: 34 }, (_, n) => `action${n}`),
  });

export default subject;
