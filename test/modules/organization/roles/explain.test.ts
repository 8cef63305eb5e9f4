import { expect, test } from "bun:test";
import { inSandbox } from "../../../harness/app.ts";
import { modules } from "../../../harness/modules.ts";

test("GET /v1/me/permissions?explain=: the role, the entry, the module and the outcome", () =>
  inSandbox(
    async ({ organization, database }) => {
      const { id, owner, join } = await organization();
      const make = (name: string, permissions: object[]) => owner.post(`/v1/orgs/${id}/roles`, { name, permissions });
      await make("wide", [{ permission: "task:update" }, { permission: "chat:read" }]);
      await make("narrow", [{ permission: "task:update", scope: "own" }]);
      await make("never", [{ permission: "task:update", effect: "deny" }]);
      const lock = `update organization_role set rules = '{"task:delete":{"effect":"deny","locked":true}}' where role = 'narrow'`;
      const explained = async (role: string, permission: string) => {
        const who = await join(role);
        const { explain } = (await who.get(`/v1/me/permissions?org=${id}&explain=${permission}`)).body as {
          explain: { allowed: boolean; reach: string | null; reason: string; entries: object[]; module: object };
        };
        const { allowed, reach, reason, entries } = explain;
        return { allowed, reach, reason, entries };
      };
      const builtIn = { source: "builtIn", effect: "allow", scope: "organization", locked: false };
      const wide = { role: "wide", source: "permission", effect: "allow", scope: "organization", locked: false };
      const narrow = { role: "narrow", source: "rules", effect: "allow", scope: "own", locked: false };
      const never = { role: "never", source: "rules", effect: "deny", scope: "organization", locked: false };
      expect(await explained("viewer,wide,narrow", "task:update")).toEqual({
        allowed: true,
        reach: "organization",
        reason: "granted",
        entries: [wide, narrow],
      });
      expect(await explained("narrow", "task:update")).toEqual({
        allowed: true,
        reach: "own",
        reason: "own_only",
        entries: [narrow],
      });
      const denied = { allowed: false, reach: null, reason: "denied" };
      expect(await explained("admin,never", "task:update")).toEqual({
        ...denied,
        entries: [{ role: "admin", ...builtIn }, never],
      });
      expect(await explained("owner,never", "task:update")).toMatchObject({ allowed: true, reason: "granted" });
      expect(await explained("viewer", "task:update")).toEqual({
        allowed: false,
        reach: null,
        reason: "not_granted",
        entries: [],
      });
      expect(await explained("wide", "chat:read")).toEqual({
        allowed: false,
        reach: null,
        reason: "not_entitled",
        entries: [wide],
      });
      await database.statement("", lock, []);
      expect(await explained("admin,narrow", "task:delete")).toEqual({
        ...denied,
        entries: [
          { role: "admin", ...builtIn },
          { role: "narrow", source: "rules", effect: "deny", scope: "organization", locked: true },
        ],
      });
      const chat = (await owner.get(`/v1/me/permissions?org=${id}&explain=chat:read`)).body as { explain: object };
      expect(chat.explain).toMatchObject({ module: { name: "chat", tier: "optional", granted: false } });
    },
    { modules },
  ));
