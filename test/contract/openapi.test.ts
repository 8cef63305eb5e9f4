import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { describeAuthRoutes } from "../../src/auth/mount/reference.ts";
import { authRoute } from "../../src/http/openapi/auth-routes.ts";
import { inSandbox } from "../harness/app.ts";
import { authOperations, document, type JsonSchema, operations, resolve } from "./document.ts";
import { misfits } from "./schema.ts";

/** Every schema of the document with where it stands, those inside of others included. */
function* schemas(): Generator<[string, JsonSchema]> {
  for (const [name, schema] of Object.entries(document.components.schemas ?? {})) yield* inside(name, schema);
  for (const { name, parameters, requestBody, responses } of [...operations, ...authOperations]) {
    for (const { name: parameter, schema } of parameters ?? []) yield* inside(`${name} ?${parameter}`, schema ?? {});
    for (const { content } of [requestBody, ...Object.values(responses)].filter((part) => part !== undefined))
      for (const { schema } of Object.values(content ?? {})) yield* inside(name, schema ?? {});
  }
}

function* inside(at: string, schema: JsonSchema): Generator<[string, JsonSchema]> {
  yield [at, schema];
  for (const [key, inner] of Object.entries(schema.properties ?? {})) yield* inside(`${at}.${key}`, inner);
  if (schema.items) yield* inside(`${at}[]`, schema.items);
  for (const branch of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])])
    yield* inside(at, branch);
  if (typeof schema.additionalProperties === "object") yield* inside(`${at}.*`, schema.additionalProperties);
}

/** The names of the schemas, at any depth, that `.nullable()` is called on. */
function* nullableNames(schema: z.ZodType, above: readonly z.ZodType[] = []): Generator<string> {
  if (above.includes(schema)) return;
  const path = [...above, schema];
  if (schema instanceof z.ZodNullable) {
    const { id } = z.globalRegistry.get(schema.unwrap() as z.ZodType) ?? {};
    if (id !== undefined) yield id;
  }
  const {
    innerType,
    element,
    options = [],
    in: input,
    out,
  } = schema.def as unknown as Record<string, z.ZodType> & {
    options?: z.ZodType[];
  };
  const shape = schema instanceof z.ZodObject ? Object.values(schema.shape) : [];
  for (const inner of [...shape, ...options, innerType, element, input, out])
    if (inner instanceof z.ZodType) yield* nullableNames(inner, path);
}

const types = new Set(["object", "array", "string", "number", "integer", "boolean", "null"]);

describe("the document", () => {
  test("is OpenAPI 3.1 with its own title, version and server", () => {
    const { openapi, info, servers } = document as unknown as Record<string, never>;
    expect(openapi).toMatch(/^3\.1\.\d+$/);
    expect(info).toMatchObject({ title: expect.stringMatching(/./), version: expect.stringMatching(/./) });
    expect(servers).toEqual([{ url: expect.stringMatching(/^https?:\/\//) }] as never);
  });

  test("refers only to what it holds", () => {
    const text = JSON.stringify(document);
    for (const [, pointer = ""] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = pointer.split("/").reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
      expect({ pointer, found: target !== undefined }).toEqual({ pointer, found: true });
    }
    expect(text).not.toMatch(/"\$ref":"(?!#\/)/);
  });

  test("speaks the JSON Schema of OpenAPI 3.1: types as it has them, no `nullable`, patterns that compile", () => {
    for (const [at, schema] of schemas()) {
      for (const type of [schema.type ?? []].flat()) expect({ at, type: types.has(type) }).toEqual({ at, type: true });
      expect({
        at,
        keys: Object.keys(schema).filter((key) => /^(nullable|~standard|\$schema|def)$/.test(key)),
      }).toEqual({
        at,
        keys: [],
      });
      if (schema.pattern !== undefined) expect(() => new RegExp(schema.pattern ?? "")).not.toThrow();
      for (const key of schema.required ?? [])
        expect({ at, key, known: schema.properties?.[key] !== undefined }).toEqual({ at, key, known: true });
    }
  });

  test("says of each named schema that may be null that it may", () =>
    inSandbox(async ({ app, deps }) => {
      const declared = [
        ...app.openAPIRegistry.definitions.flatMap((each) => (each.type === "route" ? [each.route] : [])),
        ...(await describeAuthRoutes(deps.auth)).map(authRoute),
      ];
      const lost = declared.flatMap(({ path, responses }) =>
        Object.values(responses).flatMap((response) =>
          Object.values(("content" in response && response.content) || {}).flatMap((media) =>
            media && "schema" in media && media.schema instanceof z.ZodType
              ? [...nullableNames(media.schema)].map((name) => `${path} ${name}`)
              : [],
          ),
        ),
      );
      // `orNull` says it; of `.nullable()` the document would keep nothing.
      expect(lost).toEqual([]);
    }));

  test("has defaults of bodies in words: a generated client would ask for the field", () => {
    const named = Object.entries(document.components.schemas ?? {}).flatMap(([name, schema]) => [
      ...inside(name, schema),
    ]);
    expect(named.filter(([, schema]) => schema.default !== undefined).map(([at]) => at)).toEqual([]);
    const { effect } = document.components.schemas?.["NewRoleEntry"]?.properties ?? {};
    expect(effect?.description).toEndWith("`allow` where it isn't given");
  });

  test("names every schema that it needs more than once", () => {
    const bodies = operations.flatMap(({ name, requestBody }) =>
      Object.values(requestBody?.content ?? {}).map(({ schema }) => [name, schema?.$ref]),
    );
    expect(bodies.filter(([, ref]) => ref === undefined)).toEqual([]);
  });

  test("has examples that fit their schemas", () => {
    for (const [at, schema] of schemas()) {
      const examples = [schema.example, ...(schema.examples ?? [])].filter((example) => example !== undefined);
      for (const example of examples) {
        const { example: _, examples: __, ...bare } = schema;
        expect({ at, example, misfits: misfits(bare, example) }).toEqual({ at, example, misfits: [] });
      }
    }
    for (const { name, requestBody, responses } of operations) {
      const contents = [requestBody, ...Object.values(responses)].flatMap((part) => Object.values(part?.content ?? {}));
      for (const { schema = {}, example, examples } of contents)
        for (const value of [example, ...Object.values(examples ?? {}).map(({ value }) => value)])
          if (value !== undefined) expect({ name, misfits: misfits(schema, value) }).toEqual({ name, misfits: [] });
    }
  });
});

describe("every operation", () => {
  for (const operation of operations) {
    test(`${operation.name} says what it is, for whom, and how it is called`, () => {
      const { summary = "", tags = [], security, params, parameters = [], responses } = operation;
      expect(summary).toMatch(/^[A-Z].{4,80}[^.]$/);
      expect(tags).toHaveLength(1);
      expect(operation["x-access"]).toBeDefined();
      const open = operation.access.kind === "public";
      expect(security?.length ?? 0)[open ? "toBe" : "toBeGreaterThan"](0);
      const schemes = Object.keys(document.components.securitySchemes ?? {});
      for (const name of (security ?? []).flatMap((way) => Object.keys(way))) expect(schemes).toContain(name);
      const described = parameters.filter(({ in: place }) => place === "path");
      expect(described.map(({ name }) => name).toSorted()).toEqual(params.toSorted());
      expect(described.filter(({ required }) => required !== true)).toEqual([]);
      expect(Object.keys(responses).filter((status) => /^[23]/.test(status)).length).toBeGreaterThan(0);
      for (const { description } of Object.values(responses)) expect(description).toMatch(/./);
      for (const { name, description } of parameters)
        expect({ name, description }).toEqual({ name, description: expect.stringMatching(/./) });
      if (operation.method === "GET") expect(operation.requestBody).toBeUndefined();
    });
  }

  test("has an id of its own that clients are generated from", () => {
    const ids = operations.map(({ operationId = "" }) => operationId);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    // A client may have `projects.restore` as a function in a namespace, and no function has another in it.
    expect(ids.filter((id) => ids.some((other) => other.startsWith(`${id}.`)))).toEqual([]);
    expect(ids.filter((id) => !/^[a-z][A-Za-z]*(\.[a-z][A-Za-z]*)*$/.test(id))).toEqual([]);
    expect(ids).toEqual(expect.arrayContaining(["projects.restore", "projects.list", "apiKeys.rotate", "me.read"]));
  });

  test("is summed up by no other's words", () => {
    const summaries = operations.map(({ summary }) => summary);
    expect(summaries.filter((summary, at) => summaries.indexOf(summary) !== at)).toEqual([]);
  });

  test("that lists answers `{ data, nextCursor }` and takes limit and cursor, or lists what is bounded", () => {
    for (const { name, parameters, responses } of operations) {
      const schema = responses["200"]?.content?.["application/json"]?.schema;
      const shown = Object.keys((schema && resolve(schema).properties) ?? {});
      if (!shown.includes("nextCursor")) continue;
      expect({ name, shown: shown.toSorted() }).toEqual({ name, shown: ["data", "nextCursor"] });
      const taken = (parameters ?? []).filter(({ in: place }) => place === "query").map((parameter) => parameter.name);
      expect({ name, taken }).toEqual({ name, taken: expect.arrayContaining(["limit", "cursor"]) });
    }
  });
});
