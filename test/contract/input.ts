import { describe, expect, test } from "bun:test";
import { user } from "../../src/schema.ts";
import type { Actor } from "../harness/actor.ts";
import type { Answer } from "../harness/answer.ts";
import { inSandbox } from "../harness/app.ts";
import { ask } from "./answers.ts";
import { filled, type JsonSchema, notProblem, type Operation, operations, resolve } from "./document.ts";
import { Faults } from "./faults.ts";
import { sampleBody, sampleInit, textFields, typesOf, withValue } from "./samples.ts";
import { onStage } from "./stage.ts";
import { contentsOf, fillings, isWord, tables, type World } from "./world.ts";

const json = { "content-type": "application/json" };
const writing = operations.filter(({ body }) => body !== undefined);
const lists = operations.filter(({ parameters }) => parameters?.some(({ name }) => name === "cursor"));

const raw = (who: Actor, operation: Operation, path: string, body: BodyInit, headers: Record<string, string> = json) =>
  ask(who, operation, path, { body, headers });

const answered = (answer: Answer): string => `${answer.status} ${answer.text.slice(0, 300)}`;

const escaped = (body: unknown): string =>
  JSON.stringify(body)
    .replaceAll("\0", "\\u0000")
    .replaceAll(/[\ud800-\udfff](?![\udc00-\udfff])/g, "\\ud800");

/** Which of the values that are tried one by one are tried on an operation. */
export type Pick = <T>(values: readonly T[], operation: Operation) => readonly T[];

export const all: Pick = (values) => values;

/** One value for each operation, another one for the next, so that each is tried somewhere. */
export const inTurn: Pick = (values, operation) =>
  values.slice(operations.indexOf(operation) % values.length).slice(0, 1);

const allows = (given: JsonSchema, type: string): boolean => {
  const schema = resolve(given);
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  if (branches.length > 0) return branches.some((branch) => allows(branch, type));
  const types = typesOf(schema);
  // A value without a type may be anything; a text with a form or a list of words is no other text.
  const free = schema.enum === undefined && schema.format === undefined && schema.pattern === undefined;
  return types.length === 0 || (types.includes(type) && (type !== "string" || free));
};

/** What a client might hope to set on what it creates, by the names that the service uses itself. */
function smuggled(world: World): Record<string, unknown> {
  return {
    id: "01890000-dead-7000-8000-00000000beef",
    organizationId: world.b.id,
    organization_id: world.b.id,
    ownerId: "01890000-dead-7000-8000-00000000beef",
    userId: "01890000-dead-7000-8000-00000000beef",
    createdBy: "01890000-dead-7000-8000-00000000beef",
    deletedBy: "01890000-dead-7000-8000-00000000beef",
    referenceId: world.b.id,
    inviterId: "01890000-dead-7000-8000-00000000beef",
    emailVerified: true,
    email: "01890000-dead@example.com",
    role: "admin",
    banned: true,
    platformRole: "admin",
    permissions: { smuggled: ["01890000-dead"] },
    createdAt: "1999-12-31T00:00:00.000Z",
    updatedAt: "1999-12-31T00:00:00.000Z",
    unheardOf: "01890000-dead",
    constructor: { prototype: { polluted: "01890000-dead" } },
  };
}

/** What every operation makes of input that is wrong. */
export function inputTests(pick: Pick): void {
  describe("a JSON body", () => {
    test("400 for what isn't JSON", () =>
      onStage(async ({ who, at }) => {
        const faults = new Faults();
        const broken = [
          "{",
          "",
          "{'name':'x'}",
          '{"name":}',
          "undefined",
          '{"name":"a\u0000b"}',
          '{"a":1}{"a":1}',
          "NaN",
        ];
        for (const operation of writing)
          for (const body of pick(broken, operation))
            faults.add(
              operation,
              JSON.stringify(body),
              notProblem(await raw(who(operation), operation, at(operation), body), 400, "malformed_request"),
            );
        faults.none();
      }));

    test("415 for another content type or none", () =>
      onStage(async ({ who, at }) => {
        const faults = new Faults();
        for (const operation of writing) {
          const declared = Object.keys(operation.requestBody?.content ?? {});
          // A form is a form, in whichever of its two encodings.
          if (declared.includes("application/x-www-form-urlencoded")) declared.push("multipart/form-data");
          const body = JSON.stringify(sampleBody(operation));
          const types = [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/jsonp",
            "json",
          ];
          for (const type of pick(types, operation).filter((type) => !declared.includes(type)))
            faults.add(
              operation,
              type,
              notProblem(
                await raw(who(operation), operation, at(operation), body, { "content-type": type }),
                415,
                "unsupported_media_type",
              ),
            );
          const untyped = await raw(who(operation), operation, at(operation), new Blob([body]), {});
          faults.add(operation, "no content type", notProblem(untyped, 415, "unsupported_media_type"));
        }
        faults.none();
      }));

    test("413 for more than 1 MiB, by its Content-Length and without one", () =>
      onStage(async ({ who, at }) => {
        const faults = new Faults();
        const big = JSON.stringify({ name: "x".repeat(1024 * 1024) });
        const chunked = () =>
          new ReadableStream({
            pull(controller) {
              controller.enqueue(new Uint8Array(64 * 1024).fill(0x20));
            },
          });
        for (const operation of writing) {
          const told = { ...json, "content-length": String(big.length) };
          const answers = [
            await raw(who(operation), operation, at(operation), big, told),
            await raw(who(operation), operation, at(operation), big),
            await raw(who(operation), operation, at(operation), chunked()),
          ];
          for (const answer of answers) faults.add(operation, "1 MiB", notProblem(answer, 413, "payload_too_large"));
        }
        faults.none();
      }));

    test("422 for NUL and half a surrogate pair in every text, whatever the content type's case", () =>
      onStage(async ({ who, at }) => {
        const faults = new Faults();
        for (const operation of writing) {
          for (const field of textFields(operation.body ?? {})) {
            for (const bad of pick(["\0", "a\0b", "\ud800", "a\udc00"], operation)) {
              const body = escaped(withValue(sampleBody(operation), field, bad));
              for (const type of ["application/json", "Application/JSON; charset=utf-8"])
                faults.add(
                  operation,
                  `${field.join(".")} ${JSON.stringify(bad)}`,
                  notProblem(await raw(who(operation), operation, at(operation), body, { "content-type": type }), 422),
                );
            }
          }
          const inKey = escaped({ ...(sampleBody(operation) as object), "a\0b": 1 });
          faults.add(
            operation,
            "in a key",
            notProblem(await raw(who(operation), operation, at(operation), inKey), 422),
          );
        }
        faults.none();
      }));

    test("422 for NUL in a form and on better-auth's routes, however deep", () =>
      inSandbox(async ({ anonymous }) => {
        const form = (name: string) => `name=${name}&email=nobody%40example.com&password=correct-horse`;
        const types = ["application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; charset=utf-8"];
        const sent: [string, string][] = [
          ...types.flatMap((type): [string, string][] => [
            [type, form("%00")],
            [type, form("a%00b")],
          ]),
          ["application/JSON", escaped({ name: "\0", email: "nobody@example.com", password: "correct-horse" })],
          ["application/json", `{"name":${"[".repeat(200_000)}"\\u0000"${"]".repeat(200_000)}}`],
        ];
        for (const [type, body] of sent) {
          const headers = { "content-type": type };
          const answer = await anonymous.request("POST", "/api/auth/sign-up/email", { body, headers });
          expect({ type, status: answer.status, body: answer.body }).toEqual({
            type,
            status: 422,
            body: { code: "VALIDATION_FAILED", message: expect.any(String) },
          });
        }
      }));

    test("422 that names the field, for a value of another type", () =>
      onStage(async ({ who, at }) => {
        const faults = new Faults();
        const values: [string, unknown][] = [
          ["string", "a text that is no such thing"],
          ["number", 1.5],
          ["boolean", true],
          ["array", [{ a: 1 }]],
          ["object", { a: { b: [] } }],
          ["null", null],
        ];
        for (const operation of writing) {
          const schema = resolve(operation.body ?? {});
          for (const [field, given] of Object.entries(schema.properties ?? {})) {
            for (const [type, value] of pick(values, operation)) {
              if (allows(given, type)) continue;
              const body = JSON.stringify({ ...(sampleBody(operation) as object), [field]: value });
              const answer = await raw(who(operation), operation, at(operation), body);
              faults.add(operation, `${field}: ${type}`, notProblem(answer, 422, "validation_failed"));
              const named = (answer.body as { errors?: { path: string }[] })?.errors ?? [];
              if (answer.status === 422 && !named.some(({ path }) => path.split(".")[0] === field))
                faults.add(operation, `${field}: ${type}`, `names another field: ${answer.text}`);
            }
          }
          for (const body of pick(["[]", "null", '"text"', "1", "true"], operation))
            faults.add(operation, body, notProblem(await raw(who(operation), operation, at(operation), body), 422));
        }
        faults.none();
      }));

    test("4xx for ten thousand levels, in a known field and, where such are refused, in an unknown one; never 5xx", () =>
      onStage(async ({ who, at }) => {
        const faults = new Faults();
        for (const levels of [10_000, 200_000]) {
          const deep = [
            "[".repeat(levels) + "]".repeat(levels),
            `${'{"a":'.repeat(levels)}"\\u0000"${"}".repeat(levels)}`,
          ];
          for (const operation of writing) {
            const [field = "name"] = Object.keys(resolve(operation.body ?? {}).properties ?? {});
            for (const nested of pick(deep, operation)) {
              if (nested.length > 1_000_000) continue;
              const known = await raw(who(operation), operation, at(operation), `{"${field}":${nested}}`);
              if (known.status < 400 || known.status >= 500) faults.add(operation, field, answered(known));
              const unknown = await raw(who(operation), operation, at(operation), `{"unheardOf":${nested}}`);
              if (unknown.status >= 500) faults.add(operation, "an unknown field", answered(unknown));
            }
          }
        }
        faults.none();
      }));
  });

  describe("fields that nobody asked for", () => {
    test("are never stored, and reach neither another organization nor anybody's account", () =>
      onStage(async ({ service, world, who, at }) => {
        const faults = new Faults();
        const accounts = () =>
          service.database.db
            .select({
              id: user.id,
              email: user.email,
              verified: user.emailVerified,
              role: user.role,
              banned: user.banned,
            })
            .from(user);
        const [before, people] = [await contentsOf(service, world.b.id), await accounts()];
        // What administers a user is for changing somebody's account.
        for (const operation of writing.filter(({ path }) => !path.startsWith("/v1/admin/users/{id}/"))) {
          const known = Object.keys(resolve(operation.body ?? {}).properties ?? {});
          const extra = Object.entries(smuggled(world)).filter(([field]) => !known.includes(field));
          const body = { ...(sampleBody(operation) as object), ...Object.fromEntries(extra) };
          const answer = await raw(who(operation), operation, at(operation), JSON.stringify(body));
          if (answer.status >= 500) faults.add(operation, "smuggled fields", answered(answer));
          if (/01890000-dead|1999-12-31/.test(answer.text) && answer.status < 400)
            faults.add(operation, "smuggled fields", `shows them: ${answer.text}`);
        }
        for (const table of tables.values()) {
          const rows = JSON.stringify(await service.database.db.select().from(table));
          expect(rows).not.toMatch(/01890000-dead|1999-12-31/);
        }
        faults.none();
        expect(await contentsOf(service, world.b.id)).toEqual(before);
        const gone = people.filter(({ id }) => id !== world.owner.userId);
        expect((await accounts()).filter(({ id }) => gone.some((person) => person.id === id))).toEqual(gone);
        expect((await accounts()).filter(({ role }) => role === "admin")).toHaveLength(1);
      }));

    test("named `__proto__` change no object of the service", () =>
      onStage(async ({ service, who, at }) => {
        const faults = new Faults();
        const pollution = `"__proto__":{"polluted":true,"role":"owner"},"constructor":{"prototype":{"polluted":true}}`;
        for (const operation of writing) {
          const sample = JSON.stringify(sampleBody(operation));
          for (const body of [
            sample.replace("{", `{${pollution}${sample === "{}" ? "" : ","}`),
            sample.replaceAll(/:\{/g, `:{${pollution},`),
            `[${sample}]`,
          ]) {
            const answer = await raw(who(operation), operation, at(operation), body);
            if (answer.status >= 500) faults.add(operation, body, answered(answer));
          }
          const query = await who(operation).request("GET", `${at(operation)}?__proto__[polluted]=1&__proto__=1`);
          if (query.status >= 500) faults.add(operation, "a query", answered(query));
        }
        faults.none();
        expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
        expect(({} as { role?: string }).role).toBeUndefined();
        for (const table of tables.values())
          expect(JSON.stringify(await service.database.db.select().from(table))).not.toContain("polluted");
      }));
  });

  describe("a path", () => {
    const hostile = [
      "not-a-uuid",
      "1",
      "0",
      "-1",
      "01890000-0000-7000-8000-000000000000",
      "01890000-0000-7000-8000-00000000000G",
      "01890000-0000-7000-8000-000000000000 ",
      "{01890000-0000-7000-8000-000000000000}",
      "' or '1'='1",
      "1; drop table project",
      "$1",
      "%",
      "\ud800",
      "../../me",
      "null",
      "undefined",
      "[object Object]",
      "x".repeat(8000),
      "ａ",
    ];

    test("404 for an id that no row can have, whatever it looks like", () =>
      onStage(async ({ world, who }) => {
        const faults = new Faults();
        for (const operation of operations) {
          const [own = {}] = fillings(operation.path, operation.params, world.rowsOfA);
          for (const param of operation.params.filter((param) => !isWord(param))) {
            for (const id of pick(hostile, operation)) {
              // As it would stand in a URL: what isn't well-formed can't be percent-encoded.
              const path = filled(operation.path, { org: world.a.id, ...own, [param]: id.toWellFormed() });
              const answer = await ask(who(operation), operation, path, sampleInit(operation));
              faults.add(operation, `${param} ${id.slice(0, 60)}`, notProblem(answer, 404, "not_found"));
            }
          }
        }
        faults.none();
      }));

    test("400 for NUL, 404 for percent signs that encode nothing", () =>
      onStage(async ({ world, who }) => {
        const faults = new Faults();
        for (const operation of operations) {
          const [own = {}] = fillings(operation.path, operation.params, world.rowsOfA);
          for (const param of operation.params.filter((param) => !isWord(param))) {
            for (const text of pick(["%00", "a%00b", "%ff", "%ed%a0%80", "%", "%zz", "%u0000"], operation)) {
              const marked = filled(operation.path, { org: world.a.id, ...own, [param]: "HERE" });
              const answer = await ask(who(operation), operation, marked.replace("HERE", text), sampleInit(operation));
              faults.add(operation, text, notProblem(answer, text.includes("%00") ? 400 : 404));
            }
          }
        }
        faults.none();
      }));
  });

  describe("a list", () => {
    const forged = [
      "",
      "x",
      ".",
      "..",
      "e30.e30",
      "WyJhIl0.AAAAAAAAAAAAAAAAAAAAAA",
      `${Buffer.from('["2026-01-01T00:00:00.000Z","x"]').toString("base64url")}.${"A".repeat(22)}`,
      "%00",
      "ａ".repeat(22),
      `a.${"é".repeat(22)}`,
      `a.${"é".repeat(11)}`,
      "x".repeat(2048),
      "x".repeat(5000),
      "' or 1=1 --",
    ];
    const limits = ["0", "-1", "101", "1e9", "1000000000", "1.5", "NaN", "Infinity", "x", "", "%20", "1&limit=2"];

    test("422 for a limit out of bounds and for a cursor that it didn't give out, 400 for one that is NUL", () =>
      onStage(async ({ who, at }) => {
        const faults = new Faults();
        expect(lists.length).toBeGreaterThan(3);
        for (const operation of lists) {
          const asked = (query: string) => ask(who(operation), operation, `${at(operation)}?${query}`);
          for (const limit of pick(limits, operation))
            faults.add(
              operation,
              `limit=${limit}`,
              notProblem(await asked(`limit=${limit}`), 422, "validation_failed"),
            );
          for (const cursor of pick(forged, operation)) {
            const text = cursor === "%00" ? cursor : encodeURIComponent(cursor);
            const answer = await asked(`cursor=${text}`);
            faults.add(operation, `cursor=${cursor.slice(0, 60)}`, notProblem(answer, cursor === "%00" ? 400 : 422));
          }
        }
        faults.none();
      }));

    test("422 for another list's cursor, and for one that was given out and changed", () =>
      onStage(async ({ world, who, at }) => {
        const faults = new Faults();
        for (let n = 0; n < 3; n++) await world.owner.post(`/v1/orgs/${world.a.id}/projects`, { name: `Project ${n}` });
        const projects = await world.owner.get(`/v1/orgs/${world.a.id}/projects?limit=1`);
        const cursor = (projects.body as { nextCursor: string }).nextCursor;
        const [body = "", signature = ""] = cursor.split(".");
        const other = Buffer.from(Buffer.from(body, "base64url").toString().replace(/\d/, "9")).toString("base64url");
        for (const operation of lists) {
          const own = operation.name === "GET /v1/orgs/{org}/projects";
          for (const given of [
            own ? `${cursor}&sort=name` : cursor,
            `${other}.${signature}`,
            `${body}.${signature}x`,
            body,
          ]) {
            const answer = await ask(who(operation), operation, `${at(operation)}?cursor=${given}`);
            faults.add(operation, given, notProblem(answer, 422, "validation_failed"));
          }
        }
        faults.none();
      }));

    test("never 5xx for what a search or a filter may hold", () =>
      onStage(async ({ who, at }) => {
        const faults = new Faults();
        const texts = [
          "%",
          "_",
          "\\",
          "'",
          '"',
          "$1",
          "[",
          "(",
          "*",
          "a".repeat(5000),
          "\u202e",
          "a&q=b",
          "%ed%a0%80",
          "%",
          "%00",
        ];
        for (const operation of operations.filter(({ method }) => method === "GET")) {
          const queries = operation.parameters?.filter(({ in: place }) => place === "query") ?? [];
          for (const { name } of queries) {
            const values = texts.map((text) => (/^%./.test(text) ? text : encodeURIComponent(text)));
            const asked = [
              ...values.map((value) => `${name}=${value}`),
              `${name}[]=a`,
              `${name}[a]=b`,
              `${name}=a&${name}=b`,
            ];
            for (const query of pick(asked, operation)) {
              const answer = await ask(who(operation), operation, `${at(operation)}?${query}`);
              if (answer.status >= 500) faults.add(operation, query, answered(answer));
            }
          }
        }
        faults.none();
      }));
  });
}
