import { BASE_ERROR_CODES } from "better-auth";
import { expect, test } from "bun:test";
import { z } from "zod";
import { modules } from "../../src/modules.ts";
import { passwordFaults } from "../../src/passwords/rules.ts";
import { fieldWords } from "../../src/web/messages/fields.ts";
import { problems, problemWords } from "../../src/web/messages/problems.ts";
import { inSandbox } from "../harness/app.ts";
import { declaredProblems } from "./declared-problems.ts";
import { sources } from "./source.ts";

const added = Object.assign({}, ...modules.map(({ words = {} }) => words)) as typeof problems;
const unsaid = (codes: Iterable<string>) =>
  [...new Set(codes)].filter((code) => problemWords(code.toLowerCase(), added) === undefined);

test("every problem that is declared has words for a person, in English and German", () => {
  expect(unsaid(declaredProblems().map(([code]) => code))).toEqual([]);
});

test("every code of better-auth that a page can meet has words for a person", async () => {
  await inSandbox(async ({ deps }) => {
    // What these do, pages ask of our own API.
    const unused = new Set(["organization", "admin", "api-key"]);
    const plugins = (deps.auth.options.plugins as { id: string; $ERROR_CODES?: object }[])
      .filter(({ id }) => !unused.has(id))
      .flatMap(({ $ERROR_CODES = {} }) => Object.keys($ERROR_CODES));
    expect(unsaid([...Object.keys(BASE_ERROR_CODES), ...plugins, ...passwordFaults])).toEqual([]);
  });
});

test("words are sentences, German ones in German", () => {
  const all = Object.entries({ ...problems, ...added });
  expect(all.filter(([, { en, de }]) => !/^\p{Lu}.*\.$/su.test(en) || !/^\p{Lu}.*\.$/su.test(de) || en === de)).toEqual(
    [],
  );
});

test("whatever our own rules say of a field has words for a person", async () => {
  const patterns = [
    /invalidField\(\s*[^,]+,\s*(["`])((?:(?!\1).|\\.)+)\1/gs,
    /path:[^}]*?message:\s*(["`])((?:(?!\1).|\\.)+)\1/gs,
    /\.(?:regex|refine)\((?:[^"`]|"(?=\]))*?,\s*(["`])((?:(?!\1).|\\.)+)\1\s*,?\s*\)/gs,
    /\berror:\s*(["`])((?:(?!\1).|\\.)+)\1/gs,
    /code: "custom", message: (["`])((?:(?!\1).|\\.)+)\1/gs,
  ];
  const said = (await sources("src"))
    .filter(({ path }) => /^src\/(modules|http|directory)\//.test(path))
    .flatMap(({ path, text }) =>
      patterns.flatMap((pattern) =>
        [...text.matchAll(pattern)].map((found) => ({ path, message: (found[2] ?? "").replace(/\$\{[^}]*\}/g, "7") })),
      ),
    );
  expect(said.length).toBeGreaterThan(40);
  expect(said.filter(({ message }) => fieldWords(message, added) === undefined)).toEqual([]);
});

test("whatever zod says of a field has words for a person", async () => {
  const wrong: [z.ZodType, unknown][] = [
    [z.string(), undefined],
    [z.string(), 1],
    [z.string().min(1), ""],
    [z.string().min(3), ""],
    [z.string().max(1), "ab"],
    [z.string().length(3), "a"],
    [z.string().regex(/^a$/), "b"],
    [z.string().startsWith("a"), "b"],
    [z.number(), "x"],
    [z.number().min(3), 1],
    [z.number().max(3), 4],
    [z.number().positive(), 0],
    [z.int(), 1.5],
    [z.number().multipleOf(2), 3],
    [z.coerce.number(), "x"],
    [z.coerce.date(), "x"],
    [z.boolean(), "x"],
    [z.enum(["a", "b"]), "c"],
    [z.literal("a"), "c"],
    [z.null(), "c"],
    [z.array(z.string()).min(1), []],
    [z.array(z.string()).max(1), ["a", "b"]],
    [z.array(z.string()), "a"],
    [z.object({}), "a"],
    [z.strictObject({}), { a: 1 }],
    [z.record(z.string().regex(/^a$/), z.string()), { b: "b" }],
    [z.union([z.string(), z.null()]), 1],
    [z.email(), "a"],
    [z.url(), "a"],
    [z.uuid(), "a"],
    [z.iso.datetime(), "a"],
    [z.iso.date(), "a"],
    [z.iso.time(), "a"],
    [z.custom(() => false), "a"],
  ];
  const messages = wrong.flatMap(([schema, value]) => schema.safeParse(value).error?.issues ?? []);
  expect(messages.length).toBe(wrong.length);
  expect(messages.filter(({ message }) => fieldWords(message, added) === undefined)).toEqual([]);
});
