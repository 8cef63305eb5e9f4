import { expect, test } from "bun:test";
import { createAuthClient } from "better-auth/client";
import { organizationClient } from "better-auth/client/plugins";
import { accessControlModule } from "../../src/cli/access-control.ts";
import { rolesFrom } from "../../src/core/access/permission.ts";
import { modules } from "../../src/modules.ts";
import { ac, roles } from "../../src/sdk/access-control.ts";

const client = createAuthClient({
  baseURL: "http://localhost:3000",
  plugins: [organizationClient({ ac, roles })],
  fetchOptions: { customFetchImpl: () => Promise.resolve(Response.json({})) },
});
const { organization } = client;

test("the client's roles and permissions are the modules' (bun run cli access-control)", async () => {
  const file = Bun.file(`${import.meta.dir}/../../src/sdk/access-control.ts`);
  expect(await file.text()).toBe(accessControlModule(rolesFrom(modules)));
});

test("the official client, asked on its own, grants each built-in role what the service grants it", () => {
  const ours = rolesFrom(modules);
  const all = [...(ours.get("owner") ?? [])];
  expect(all.length).toBeGreaterThan(20);
  for (const role of ["owner", "admin", "member", "viewer"] as const)
    for (const permission of all) {
      const [resource = "", action = ""] = permission.split(":");
      const permissions = { [resource === "role" ? "ac" : resource]: [action] } as { project: ["create"] };
      expect([role, permission, organization.checkRolePermission({ role, permissions })]).toEqual([
        role,
        permission,
        ours.get(role)?.has(permission) ?? false,
      ]);
    }
});

test("its types know `viewer` and `project:create`, and refuse what there isn't", async () => {
  const permissions = { project: ["create"] } satisfies Parameters<typeof organization.hasPermission>[0]["permissions"];
  await organization.inviteMember({ email: "ada@example.com", role: "viewer" });
  await organization.updateMemberRole({ memberId: "m", role: ["viewer", "member"] });
  await organization.hasPermission({ permissions });
  // @ts-expect-error: there is no such role
  await organization.inviteMember({ email: "ada@example.com", role: "king" });
  // @ts-expect-error: a project can't be done so to
  await organization.hasPermission({ permissions: { project: ["paint"] } });
  // @ts-expect-error: there is no such resource
  organization.checkRolePermission({ role: "viewer", permissions: { castle: ["read"] } });
  // @ts-expect-error: there is no such role
  organization.checkRolePermission({ role: "king", permissions: { project: ["read"] } });
});
