import { expect, test } from "bun:test";
import { client, withRoles } from "./with-roles.ts";

test("has-permission answers as GET /v1/me/permissions, for every permission of every kind of role", () =>
  withRoles(async (given) => {
    const { id, owner, join, role, deps } = given;
    await role("wide", { "task:update": {}, "role:read": {}, "role:update": {}, "chat:read": {} });
    await role("own", { "task:update": { scope: "own" }, "project:delete": { scope: "own" } });
    await role("never", { "member:update": { effect: "deny" }, "role:update": { effect: "deny" } });
    await role("locked", {
      "organization:delete": { locked: true },
      "task:create": { effect: "deny", locked: true },
    });
    const roles = ["admin", "member", "viewer", "wide", "own", "never", "viewer,own", "admin,never", "member,locked"];
    const people = [owner, await join("owner,never"), ...(await Promise.all(roles.map((name) => join(name))))];
    for (const [at, who] of people.entries()) {
      const shown = (await who.get(`/v1/me/permissions?org=${id}`)).body as { role: string; permissions: string[] };
      const api = client(given, who);
      const asked: [string, boolean][] = [];
      for (const permission of deps.catalogue.permissions.keys()) {
        const [resource = "", action = ""] = permission.split(":");
        const names = resource === "role" ? ["role", "ac"] : [resource];
        for (const name of names) {
          const permissions = { [name]: [action] };
          const { data } = await api.hasPermission({ organizationId: id, permissions });
          asked.push([permission, data?.success ?? false]);
        }
      }
      const wrong = asked.filter(([permission, held]) => held !== shown.permissions.includes(permission));
      expect({ at, role: shown.role, wrong }).toEqual({ at, role: shown.role, wrong: [] });
    }
  }));
