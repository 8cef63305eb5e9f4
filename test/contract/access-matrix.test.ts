import { describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { builtInRoles } from "../../src/core/access/permission.ts";
import { sqlState } from "../../src/db/errors.ts";
import { guard } from "../../src/db/guards.ts";
import { invitation, member, user } from "../../src/schema.ts";
import type { Actor } from "../harness/actor.ts";
import type { Answer } from "../harness/answer.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { keyHolder } from "../harness/keys.ts";
import { filled, notProblem, type Operation, operations, organizationOperations, resolve } from "./document.ts";
import { ask } from "./answers.ts";
import { Faults } from "./faults.ts";
import { sampleBody, sampleInit } from "./samples.ts";
import { contentsOf, fillings, isWord, makeRows, makeSharedRows, openWorld, type Rows } from "./world.ts";

const accountOperations = operations.filter(({ access }) => access.kind === "account");
const platformOperations = operations.filter(({ access }) => access.kind === "platform");

/** An id that names nothing, and a slug likewise. */
const absent = { id: "01890000-0000-7000-8000-000000000000", slug: "an-organization-that-is-not" };

const json = { "content-type": "application/json" };

/** Sends what nobody could make sense of, so that an answer about access shows that access was decided first. */
const nonsense = (who: Actor, operation: Operation, path: string, headers: Record<string, string> = {}) =>
  ask(who, operation, path, {
    headers: { ...headers, ...(operation.body ? json : {}) },
    ...(operation.body ? { body: "{" } : {}),
  });

/** Sends what the operation accepts. */
const sense = (who: Actor, operation: Operation, path: string, headers: Record<string, string> = {}) =>
  ask(who, operation, path, sampleInit(operation, headers));

/** The operation's path in this organization, by its first row each. */
const at = (operation: Operation, org: string, rows: Rows): string =>
  filled(operation.path, { org, ...fillings(operation.path, operation.params, rows)[0] });

const bytes = (answer: Answer): string =>
  JSON.stringify([answer.status, [...answer.headers].toSorted(([a], [b]) => (a < b ? -1 : 1)), answer.text]);

test("the document holds operations of every kind but platform ones at least", () => {
  expect(operations.length).toBeGreaterThan(5);
  expect(organizationOperations.length).toBeGreaterThan(5);
});

describe("anonymous", () => {
  test("401 with WWW-Authenticate on every operation that isn't public", () =>
    inSandbox(async (service) => {
      const faults = new Faults();
      const { a, rowsOfA } = await openWorld(service);
      const before = await contentsOf(service, a.id);
      for (const operation of operations) {
        if (operation.access.kind === "public") continue;
        const path = at(operation, a.id, rowsOfA);
        for (const answer of [
          await nonsense(service.anonymous, operation, path),
          await sense(service.anonymous, operation, path),
        ]) {
          faults.add(operation, "anonymous", notProblem(answer, 401, "unauthenticated"));
          if (!/^(Bearer|Basic) realm=/.test(answer.headers.get("www-authenticate") ?? ""))
            faults.add(operation, "anonymous", "has no WWW-Authenticate");
        }
      }
      faults.none();
      expect(await contentsOf(service, a.id)).toEqual(before);
    }));
});

describe("organization routes", () => {
  const outsiders = {
    "a stranger": async (service, _a) => service.signUp(),
    "an ex-member": async (service, a) => {
      const left = await a.join("admin");
      await left.post("/api/auth/organization/set-active", { organizationId: a.id });
      await service.database.db.delete(member).where(eq(member.userId, left.userId));
      return left;
    },
    "a member of another organization": async (service) => (await service.organization()).join("owner"),
  } satisfies Record<string, (...args: Parameters<Outsider>) => ReturnType<Outsider>>;
  type Outsider = (service: Service, a: Awaited<ReturnType<typeof openWorld>>["a"]) => Promise<Actor>;

  for (const [who, make] of Object.entries(outsiders) as [string, Outsider][]) {
    test(`404 for ${who}, byte-equal to an absent organization's`, () =>
      inSandbox(async (service) => {
        const faults = new Faults();
        const { a, rowsOfA } = await openWorld(service);
        const outsider = await make(service, a);
        const before = await contentsOf(service, a.id);
        const headers = { "x-request-id": "the-same-for-both" };
        for (const operation of organizationOperations) {
          for (const name of ["id", "slug"] as const) {
            const there = await nonsense(outsider, operation, at(operation, a[name], rowsOfA), headers);
            const nowhere = await nonsense(outsider, operation, at(operation, absent[name], rowsOfA), headers);
            faults.add(operation, who, notProblem(there, 404, "not_found"));
            if (bytes(there) !== bytes(nowhere))
              faults.add(operation, who, `tells it from an absent one: ${bytes(there)} / ${bytes(nowhere)}`);
          }
        }
        faults.none();
        expect(await contentsOf(service, a.id)).toEqual(before);
      }));
  }

  test("400 for `current` of somebody who has no active organization, also of an ex-member", () =>
    inSandbox(async (service) => {
      const faults = new Faults();
      const { a, rowsOfA } = await openWorld(service);
      const exMember = await outsiders["an ex-member"](service, a);
      for (const operation of organizationOperations) {
        const answer = await nonsense(exMember, operation, at(operation, "current", rowsOfA));
        faults.add(operation, "an ex-member", notProblem(answer, 400, "no_active_organization"));
      }
      faults.none();
    }));

  test.each([" owner", "Owner", "owner;admin", "owner,root"])(
    "nobody is a member by the role %p: the database refuses it",
    (role) =>
      inSandbox(async ({ organization, signUp, database }) => {
        const { id } = await organization();
        const { userId } = await signUp();
        const values = { id: Bun.randomUUIDv7(), organizationId: id, userId, role, createdAt: new Date() };
        const refused = await database.db
          .insert(member)
          .values(values)
          .then(() => null, sqlState);
        expect(refused).toBe(guard.unknownRole);
      }),
  );

  for (const role of [...builtInRoles.slice(1), "nobody"]) {
    test(`403 that names the permission, for a member whose role ${JSON.stringify(role)} doesn't hold it`, () =>
      inSandbox(async (service) => {
        const faults = new Faults();
        const { a, rowsOfA } = await openWorld(service);
        const someone = await a.join(role);
        const held = service.deps.roles.get(role) ?? new Set();
        const before = await contentsOf(service, a.id);
        for (const operation of organizationOperations) {
          if (operation.access.kind !== "organization" || held.has(operation.access.permission)) continue;
          const { permission } = operation.access;
          for (const org of [a.id, a.slug]) {
            const answer = await nonsense(someone, operation, at(operation, org, rowsOfA));
            faults.add(operation, role, notProblem(answer, 403, "forbidden"));
            if (!String((answer.body as { detail?: string })?.detail).includes(permission))
              faults.add(operation, role, `doesn't name ${permission}: ${answer.text}`);
          }
        }
        faults.none();
        expect(await contentsOf(service, a.id)).toEqual(before);
      }));
  }

  test("404 for another organization's rows, even for who owns both", () =>
    inSandbox(async (service) => {
      const faults = new Faults();
      const { a, b, owner, rowsOfA, rowsOfB } = await openWorld(service);
      const before = [await contentsOf(service, a.id), await contentsOf(service, b.id)];
      for (const operation of organizationOperations) {
        const rows = operation.params.filter((param) => param !== "org" && !isWord(param));
        const [own] = fillings(operation.path, operation.params, rowsOfA);
        for (const foreign of fillings(operation.path, operation.params, rowsOfB)) {
          // Each parameter alone, then all of them.
          const mixes = rows.length > 1 ? rows.map((param) => ({ ...own, [param]: foreign[param] ?? "" })) : [];
          for (const values of rows.length > 0 ? [...mixes, foreign] : []) {
            const answer = await sense(owner, operation, filled(operation.path, { org: a.id, ...values }));
            faults.add(operation, `the owner, ${JSON.stringify(values)}`, notProblem(answer, 404, "not_found"));
          }
        }
      }
      faults.none();
      expect([await contentsOf(service, a.id), await contentsOf(service, b.id)]).toEqual(before);
    }));

  test("4xx for another organization's rows in a body", () =>
    inSandbox(async (service) => {
      const faults = new Faults();
      const { a, b, owner, rowsOfA, rowsOfB } = await openWorld(service);
      const before = [await contentsOf(service, a.id), await contentsOf(service, b.id)];
      for (const operation of organizationOperations) {
        const body = operation.body && resolve(operation.body);
        for (const field of Object.keys(body?.properties ?? {}).filter((field) => /.Ids?$/.test(field))) {
          const table = field.replace(/Ids?$/, "").toLowerCase();
          for (const id of rowsOfB.get(table) ?? rowsOfB.get("member") ?? []) {
            const answer = await owner.request(operation.method, at(operation, a.id, rowsOfA), {
              headers: json,
              body: JSON.stringify({ ...(sampleBody(operation) as object), [field]: field.endsWith("s") ? [id] : id }),
            });
            if (answer.status < 400 || answer.status > 499)
              faults.add(operation, `the owner, ${field} ${id}`, `${answer.status} ${answer.text}`);
          }
        }
      }
      faults.none();
      expect([await contentsOf(service, a.id), await contentsOf(service, b.id)]).toEqual(before);
    }));
});

describe("who may", () => {
  /** Answers of all the ways to name rows, and what is wrong when none is a success as documented. */
  async function fault(operation: Operation, who: Actor, org: string, rows: Rows): Promise<string | null> {
    const said: string[] = [];
    for (const values of fillings(operation.path, operation.params, rows)) {
      const answer = await sense(who, operation, filled(operation.path, { org, ...values }));
      if (answer.status < 300) return null;
      said.push(`${answer.status} ${answer.text}`);
    }
    return said.join("\n");
  }

  test("is answered with a documented success on organization routes, so that the refusals mean something", () =>
    inSandbox(async (service) => {
      const faults = new Faults();
      const [owner, other, member] = [await service.signUp(), await service.signUp(), await service.signUp()];
      for (const operation of organizationOperations) {
        const a = await service.organization(owner);
        await a.join("owner", other);
        faults.add(operation, "an owner", await fault(operation, owner, a.slug, await makeRows(service, a, member)));
      }
      faults.none();
    }));

  test("is answered with a documented success on all other routes", async () => {
    const faults = new Faults();
    for (const operation of operations) {
      const { access } = operation;
      if (organizationOperations.includes(operation)) continue;
      await inSandbox(async (service) => {
        const { database } = service;
        const a = await service.organization(await service.signUp({ verified: true }));
        await a.join("owner");
        const rows = new Map(await makeRows(service, a));
        if (access.kind === "platform") {
          await database.db.update(user).set({ role: "admin" }).where(eq(user.id, a.owner.userId));
          for (const [table, ids] of await makeSharedRows(service)) rows.set(table, ids);
        } else {
          // Somebody's own invitation is one to another organization.
          const other = await service.organization();
          rows.set("invitation", (await makeRows(service, other)).get("invitation") ?? []);
          await database.db.update(invitation).set({ email: a.owner.email, inviterId: other.owner.userId });
        }
        const who = access.kind === "service" ? await keyHolder(service, a, [access.permission]) : a.owner;
        faults.add(operation, "who may", await fault(operation, who, a.slug, rows));
      });
    }
    faults.none();
  });
});

describe("API keys", () => {
  const everything = (service: Service) => [...(service.deps.roles.get("owner") ?? [])];

  test("404 for a key of another organization, byte-equal to an absent organization's", () =>
    inSandbox(async (service) => {
      const faults = new Faults();
      const { a, rowsOfA } = await openWorld(service);
      const key = await keyHolder(service, await service.organization(), everything(service));
      const before = await contentsOf(service, a.id);
      const headers = { "x-request-id": "the-same-for-both" };
      for (const operation of organizationOperations) {
        const there = await nonsense(key, operation, at(operation, a.id, rowsOfA), headers);
        const nowhere = await nonsense(key, operation, at(operation, absent.id, rowsOfA), headers);
        faults.add(operation, "a foreign key", notProblem(there, 404, "not_found"));
        if (bytes(there) !== bytes(nowhere)) faults.add(operation, "a foreign key", "tells it from an absent one");
      }
      faults.none();
      expect(await contentsOf(service, a.id)).toEqual(before);
    }));

  test("403 that names the permission for a key without it, also where `current` is the key's organization", () =>
    inSandbox(async (service) => {
      const faults = new Faults();
      const { a, rowsOfA } = await openWorld(service);
      const key = await keyHolder(service, a, []);
      const before = await contentsOf(service, a.id);
      for (const operation of operations) {
        if (!("permission" in operation.access)) continue;
        const answer = await nonsense(key, operation, at(operation, "current", rowsOfA));
        faults.add(operation, "a key", notProblem(answer, 403, "forbidden"));
        if (!answer.text.includes(operation.access.permission))
          faults.add(operation, "a key", `doesn't name the permission: ${answer.text}`);
      }
      faults.none();
      expect(await contentsOf(service, a.id)).toEqual(before);
    }));

  test("403 on account routes and 404 on platform routes: a key is never a session", () =>
    inSandbox(async (service) => {
      const faults = new Faults();
      const { a, owner, rowsOfA } = await openWorld(service);
      await service.database.db.update(user).set({ role: "admin" }).where(eq(user.id, owner.userId));
      const key = await keyHolder(service, a, everything(service));
      for (const operation of accountOperations)
        faults.add(
          operation,
          "a key",
          notProblem(await sense(key, operation, at(operation, a.id, rowsOfA)), 403, "person_required"),
        );
      for (const operation of platformOperations)
        faults.add(
          operation,
          "an administrator's key",
          notProblem(await sense(key, operation, at(operation, a.id, rowsOfA)), 404, "not_found"),
        );
      faults.none();
    }));

  test("403 on service routes for a person, whatever their role", () =>
    inSandbox(async (service) => {
      const faults = new Faults();
      const { owner } = await openWorld(service);
      for (const operation of operations.filter(({ access }) => access.kind === "service"))
        faults.add(
          operation,
          "an owner",
          notProblem(await sense(owner, operation, operation.path), 403, "api_key_required"),
        );
      faults.none();
    }));
});

describe("account routes", () => {
  test("404 for rows that are somebody else's", () =>
    inSandbox(async (service) => {
      const faults = new Faults();
      const { rowsOfA } = await openWorld(service);
      const stranger = await service.signUp({ verified: true });
      for (const operation of accountOperations) {
        if (operation.params.every(isWord)) continue;
        for (const values of fillings(operation.path, operation.params, rowsOfA)) {
          const answer = await sense(stranger, operation, filled(operation.path, values));
          faults.add(operation, `a stranger, ${JSON.stringify(values)}`, notProblem(answer, 404, "not_found"));
        }
      }
      faults.none();
    }));

  test("an answer about `?org=` that doesn't tell a stranger whether the organization is there", () =>
    inSandbox(async (service) => {
      const faults = new Faults();
      const { a, rowsOfA } = await openWorld(service);
      const stranger = await service.signUp();
      const headers = { "x-request-id": "the-same-for-both" };
      for (const operation of accountOperations) {
        if (!operation.parameters?.some(({ name, in: place }) => name === "org" && place === "query")) continue;
        const path = at(operation, a.id, rowsOfA);
        for (const name of ["id", "slug"] as const) {
          const there = await sense(stranger, operation, `${path}?org=${a[name]}`, headers);
          const nowhere = await sense(stranger, operation, `${path}?org=${absent[name]}`, headers);
          if (bytes(there) !== bytes(nowhere))
            faults.add(operation, "a stranger", `${bytes(there)} / ${bytes(nowhere)}`);
        }
      }
      faults.none();
    }));
});

test("404 on platform routes for an organization's owner: the surface isn't shown", () =>
  inSandbox(async (service) => {
    const faults = new Faults();
    const { a, b, owner, rowsOfA } = await openWorld(service);
    const before = [await contentsOf(service, a.id), await contentsOf(service, b.id)];
    for (const operation of platformOperations) {
      for (const send of [nonsense, sense]) {
        const answer = await send(owner, operation, at(operation, a.id, rowsOfA));
        faults.add(operation, "an owner", notProblem(answer, 404, "not_found"));
      }
    }
    faults.none();
    expect([await contentsOf(service, a.id), await contentsOf(service, b.id)]).toEqual(before);
  }));

test("405 with Allow for every method that a path doesn't answer to", () =>
  inSandbox(async (service) => {
    const faults = new Faults();
    const { a, owner, rowsOfA } = await openWorld(service);
    for (const path of new Set(operations.map((operation) => operation.path))) {
      const [known] = operations.filter((operation) => operation.path === path);
      const concrete = at(known!, a.id, rowsOfA);
      // `/members/me` is answered by `/members/{id}` too.
      const offered = operations
        .filter((operation) => new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(concrete))
        .map(({ method }) => method);
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((method) => !offered.includes(method))) {
        const operation = { ...known!, method, name: `${method} ${path}`, body: undefined };
        for (const who of [service.anonymous, owner]) {
          const answer = await who.request(method, concrete);
          faults.add(operation, "anybody", notProblem(answer, 405, "method_not_allowed"));
          const allow = answer.headers.get("allow")?.split(", ") ?? [];
          if (allow.includes(method) || !offered.every((method) => allow.includes(method)))
            faults.add(operation, "anybody", `Allow: ${allow.join()}`);
        }
      }
    }
    faults.none();
  }));
