import { createAuthClient } from "better-auth/client";
import { organizationClient } from "better-auth/client/plugins";
import { createAccessControl } from "better-auth/plugins/access";
import { columnsOf } from "../../src/core/access/role.ts";
import type { Permission, Rule } from "../../src/core/access/permission.ts";
import { organizationRole } from "../../src/schema.ts";
import { type Actor, connectedFrom } from "../harness/actor.ts";
import { inSandbox, type Organization, type Service } from "../harness/app.ts";
import { modules } from "../harness/modules.ts";

/** The official client in the hand of somebody who is signed in. */
export function client({ app }: Service, { cookie }: Actor) {
  const baseURL = "http://localhost:3000";
  const customFetchImpl = async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init);
    request.headers.set("origin", baseURL);
    if (cookie) request.headers.set("cookie", cookie);
    return app.fetch(request, connectedFrom());
  };
  const plugins = [organizationClient({ ac: createAccessControl({}), dynamicAccessControl: { enabled: true } })];
  return createAuthClient({ baseURL, plugins, fetchOptions: { customFetchImpl } }).organization;
}

type Entries = Record<string, Partial<Rule>>;
export type Given = Service & Organization & { role: (name: string, entries: Entries) => Promise<void> };

const rule = ({ effect = "allow", scope = "organization", locked = false }: Partial<Rule>): Rule => ({
  effect,
  scope,
  locked,
});

/** An organization to which roles can be given by what they allow, deny and lock. */
export const withRoles = (test: (given: Given) => Promise<void>): Promise<void> =>
  inSandbox(
    async (service) => {
      const organization = await service.organization();
      const role: Given["role"] = async (name, entries) => {
        const rules = new Map(Object.entries(entries).map(([key, given]) => [key as Permission, rule(given)]));
        const id = Bun.randomUUIDv7();
        const fixed = { id, organizationId: organization.id, role: name, createdAt: new Date() };
        await service.database.db.insert(organizationRole).values({ ...fixed, ...columnsOf(rules) });
      };
      await test({ ...service, ...organization, role });
    },
    { modules },
  );
