import { z } from "zod";
import type { Permission } from "../../../core/access/permission.ts";
import { inPages } from "../../../core/page.ts";
import type { UserPrincipal } from "../../../core/principal.ts";
import type { OrganizationScope, Scope } from "../../../core/scope.ts";
import type { Directory } from "../../../directory/directory.ts";
import type { AccountData, Module, OrganizationData } from "../../../http/module.ts";
import { timestamp } from "../../../http/schemas.ts";
import type { StandingReader } from "../../../verify/load/effective.ts";

/** What modules hold of people, by what the export calls it. */
export type Held = { account: [string, AccountData][]; organization: [string, OrganizationData][] };

/** @throws when two modules give the same name to what they hold. */
export function heldBy(modules: readonly Pick<Module, "exports">[]): Held {
  return {
    account: named(
      modules.map(({ exports }) => exports?.account ?? {}),
      ["exportedAt", "organizations"],
    ),
    organization: named(
      modules.map(({ exports }) => exports?.organization ?? {}),
      ["id", "slug", "name"],
    ),
  };
}

function named<Data>(parts: readonly Readonly<Record<string, Data>>[], taken: readonly string[]): [string, Data][] {
  const all = parts.flatMap((part) => Object.entries(part));
  const names = [...taken, ...all.map(([name]) => name)];
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`two parts of a person's export are named ${twice}`);
  return all;
}

/** The export as the reference shows it. */
export function exportSchema({ account, organization }: Held) {
  const lists = (held: [string, { schema: z.ZodType }][]) =>
    Object.fromEntries(held.map(([name, { schema }]) => [name, z.array(schema)]));
  const place = z.object({ id: z.string(), slug: z.string(), name: z.string() });
  return z
    .object({
      exportedAt: timestamp(),
      ...lists(account),
      organizations: z.array(place.extend(lists(organization))),
    })
    .meta({ id: "PersonalExport" });
}

/** Whose data is read, and with what. */
export type Reader = {
  scope: Scope;
  principal: UserPrincipal;
  directory: Directory;
  standing: StandingReader;
  /** The person's scope in one of their organizations. */
  within: (organizationId: string) => OrganizationScope;
};

/** Writes a person's export, a page of rows at a time: the parts of one JSON text. */
export async function* writeExport(held: Held, reader: Reader): AsyncGenerator<string, void, void> {
  const { scope, principal, directory } = reader;
  const { id: userId, email, emailVerified } = principal;
  const person = { db: scope.db, now: scope.now, userId, provenEmail: emailVerified ? email : null, directory };
  // Nothing is sent before the first rows are there: until then a failure has a status of its own.
  let opening = `{"exportedAt":${JSON.stringify(scope.now())}`;
  for (const [name, { schema, read }] of held.account) {
    yield* list(`${opening},${JSON.stringify(name)}:[`, schema, read(person));
    opening = "";
  }
  yield `${opening},"organizations":[`;
  let between = "";
  const memberships = inPages<{ id: string; slug: string; name: string; memberId: string }>((after, limit) =>
    directory.listMemberships(userId, { after: after?.memberId ?? null, limit }),
  );
  for await (const page of memberships)
    for (const { id, slug, name } of page) {
      const held = await reader.standing(userId, id, principal.sessionId);
      if (held === null) continue;
      yield `${between}${JSON.stringify({ id, slug, name }).slice(0, -1)}`;
      yield* organizationLists(
        reader,
        id,
        (permission) => held.permissions.has(permission) || held.own.has(permission),
      );
      yield "}";
      between = ",";
    }
  yield "]}";

  async function* organizationLists({ within }: Reader, id: string, holds: (permission: Permission) => boolean) {
    const there = Object.assign(within(id), { userId });
    for (const [name, { schema, permission, read }] of held.organization)
      yield* list(`,${JSON.stringify(name)}:[`, schema, permission === null || holds(permission) ? read(there) : []);
  }
}

/** @param opening begins the list's text; it comes with the first rows. */
async function* list(opening: string, schema: z.ZodType, pages: AsyncIterable<readonly object[]> | Iterable<never>) {
  let before = opening;
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield before + page.map((row) => JSON.stringify(schema.parse(row))).join(",");
    before = ",";
  }
  yield before === opening ? `${opening}]` : "]";
}
