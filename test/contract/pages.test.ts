import { getTableColumns } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { expect, test } from "bun:test";
import { account, passkey } from "../../src/schema.ts";
import type { Actor } from "../harness/actor.ts";
import type { Answer } from "../harness/answer.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { markup, readPage, untranslated } from "./page-text.ts";
import { withoutAccount } from "../harness/without-account.ts";
import { makeSharedRows, openWorld, type Rows, sampleBehind, tables, type World } from "./world.ts";

/** Pages that lead elsewhere when they are opened out of the blue, with why. All others show themselves. */
const leading: Readonly<Record<string, string>> = {
  "/": "to the account, or to the sign-in page",
  "/auth/continue": "on from a provider or a passkey",
};

/** What paths of pages call what the API calls otherwise. */
const segments: Readonly<Record<string, string>> = { organizations: "orgs", invitation: "invitations" };

/** What the last part of a path is, where no row is named by it. */
const parts: Readonly<Record<string, string>> = { "/docs/:section": "audit-events" };

type Stage = { service: Service; world: World; admin: Actor; guest: Actor; rows: Rows; data: string[] };

/** A world whose names are all full of markup. */
async function onStage(run: (stage: Stage) => Promise<void>): Promise<void> {
  await inSandbox(async (service) => {
    const world = await openWorld(service);
    const admin = await service.signUp({ administrator: true });
    const guest = await withoutAccount(service);
    const shared = await makeSharedRows(service);
    const { database } = service;
    await database.statement("", `update "user" set email_verified = true`, []);
    await database.statement("", "update invitation set email = $1", [world.owner.email]);
    const waysIn = await moreWaysIn(service, world.owner);
    for (const [table, column] of named()) {
      const unique = column.includes("reason") ? "" : " || right(id::text, 12)";
      await database.statement("", `update "${table}" set "${column}" = $1${unique} where "${column}" is not null`, [
        markup,
      ]);
    }
    const rows = new Map([...shared, ...world.rowsOfA, ...waysIn]);
    await run({ service, world, admin, guest, rows, data: await everyText(service) });
  });
}

/** Gives somebody a passkey and an account at a provider, beside their password. */
async function moreWaysIn({ database: { db } }: Service, { userId }: Actor): Promise<Rows> {
  const [at, id] = [{ createdAt: new Date(), updatedAt: new Date() }, () => Bun.randomUUIDv7()];
  const connected = { id: id(), userId, accountId: id(), providerId: "elsewhere", ...at };
  const key = { publicKey: "key", credentialID: id(), counter: 0, deviceType: "singleDevice", backedUp: false };
  const made = { id: id(), userId, name: "Phone", createdAt: at.createdAt, ...key };
  await db.insert(account).values(connected);
  await db.insert(passkey).values(made);
  return new Map([
    ["account", [connected.id]],
    ["passkey", [made.id]],
  ]);
}

/** The columns in which people write names. */
function* named(): Generator<[table: string, column: string]> {
  for (const [name, table] of tables) {
    if (name === "organization_role") continue;
    for (const column of Object.values(getTableColumns(table) as Record<string, PgColumn>))
      if (/^(name|title|label|description|ban_reason)$/.test(column.name)) yield [name, column.name];
  }
}

/** Whatever rows hold as text, but for words that pages have to translate. */
async function everyText({ database, deps }: Service): Promise<string[]> {
  const found = new Set<string>([deps.config.brand.name]);
  for (const table of tables.values()) {
    const columns = Object.entries(getTableColumns(table) as Record<string, PgColumn>);
    const texts = columns.filter(
      ([, { columnType, name }]) => columnType === "PgText" && !/^(role|status|kind)$/.test(name),
    );
    const rows: Record<string, unknown>[] = await database.db.select().from(table);
    for (const row of rows)
      for (const [key] of texts) if (typeof row[key] === "string" && row[key].length > 2) found.add(row[key]);
  }
  return [...found].toSorted((a, b) => b.length - a.length);
}

/** Every page of the service, by its path: `/console/:org/projects`. */
const pagesOf = ({ app }: Service): string[] =>
  [...new Set(app.routes.filter(({ method }) => method === "GET").map(({ path }) => path))]
    .filter((path) => !/^\/(v1|api|assets|livez|readyz|metrics|openapi\.json|\.well-known)(\/|$)/.test(path))
    .toSorted();

/** Every way to fill a page's path, the likeliest first. @throws with what to add for a part that names nothing known. */
function ways(path: string, { world, rows }: Stage): string[] {
  const part = parts[path];
  if (part !== undefined) return [path.replace(/:\w+$/, part)];
  let found = [path.replace(":org", world.a.slug)];
  for (const [, segment = "", param = ""] of path.matchAll(/([^/]+)\/:(\w+)/g)) {
    if (param === "org") continue;
    const sample = sampleBehind(`/${segments[segment] ?? segment}/{${param}}`, param);
    const values = "value" in sample ? [sample.value] : (rows.get(sample.table) ?? []);
    found = found.flatMap((way) => values.map((value) => way.replace(`:${param}`, value)));
  }
  return found;
}

/** Who looks at a page, and where: until somebody sees it. */
function visits(path: string, stage: Stage): { who: Actor; way: string }[] {
  const { service, world, admin, guest } = stage;
  const people = path.startsWith("/admin")
    ? [admin]
    : /^\/(account|console)/.test(path)
      ? [world.owner]
      : [service.anonymous, guest, world.owner];
  return people.flatMap((who) => ways(path, stage).map((way) => ({ who, way })));
}

/** What is wrong with a page's answer. */
function faultsOf({ status, headers, text }: Answer, data: readonly string[]): string[] {
  const policy = headers.get("content-security-policy") ?? "";
  const found = [
    ...(policy.includes("default-src 'none'; script-src 'self'; style-src 'self'") ? [] : [`policy: ${policy}`]),
    ...(/nosniff/.test(headers.get("x-content-type-options") ?? "") ? [] : ["its type may be guessed"]),
  ];
  if (status === 303) return found;
  const { texts, headings, title, faults } = readPage(text);
  return [
    ...found,
    ...faults.map((fault) => `holds ${fault}`),
    ...(headings === 1 ? [] : [`has ${headings} headings of the first rank`]),
    ...(/^\S+.* · /su.test(title) ? [] : [`is called ${title}`]),
    ...(headers.get("cache-control") === "no-store" ? [] : ["may be kept"]),
    ...texts
      .map((each) => untranslated(each, data))
      .filter((words) => words !== "")
      .map((words) => `says without translation: ${words}`),
  ];
}

test("every page shows itself in any language, whole and under the policy, whatever names people give", async () => {
  await onStage(async (stage) => {
    const found: string[] = [];
    for (const path of pagesOf(stage.service)) {
      const expected = path in leading ? 303 : 200;
      const tried: string[] = [];
      let answer: Answer | undefined;
      for (const { who, way } of visits(path, stage)) {
        answer = await who.get(way, { "accept-language": "xx" });
        if (answer.status === expected) break;
        tried.push(`${way} answers ${answer.status}`);
        answer = undefined;
      }
      if (answer) found.push(...faultsOf(answer, stage.data).map((fault) => `${path} ${fault}`));
      else found.push(`${path} wasn't seen: ${tried.slice(0, 4).join(", ")}`);
    }
    const nowhere = ["/auth", "/account", `/console/${stage.world.a.slug}`, "/admin"].map((area) => `${area}/nothing`);
    for (const path of nowhere) {
      const answer = await stage.admin.get(path, { "accept-language": "xx" });
      found.push(...faultsOf(answer, stage.data).map((fault) => `${path} ${fault}`));
      expect([path, answer.status]).toEqual([path, 404]);
    }
    expect(found).toEqual([]);
  });
});

test("what isn't translated, and what a name could do, is found", () => {
  const seen = readPage(
    `<html lang="en"><title>⟦A⟧ · B</title><h1>Hello <b>⟦you⟧</b></h1><p title="World">3 ⟦of ⟦4⟧⟧ Ada</p>
     <code>x y</code><button lang="de">Deutsch</button><i onclick="x()" style="x">&lt;b&gt;</i>`,
  );
  expect(seen.texts.map((text) => untranslated(text, ["Ada"])).filter(Boolean)).toEqual(["Hello", "World"]);
  expect([seen.headings, seen.title, seen.faults.length]).toEqual([1, "⟦A⟧ · B", 2]);
  expect(readPage(`<p>${markup}</p>`).faults.length).toBeGreaterThan(0);
});
