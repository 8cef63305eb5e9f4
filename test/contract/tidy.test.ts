import { describe, expect, test } from "bun:test";
import { dirname, join, normalize } from "node:path";
import { importsOf, root, sources, withoutComments } from "./source.ts";

const src = await sources("src");
const tests = await sources("test");
const paths = new Set(src.map(({ path }) => path));

/** The room of a path: `db`, `modules/projects`, or the name of a file that stands in src itself. */
function roomOf(path: string): string {
  const [, room = "", name = ""] = path.split("/");
  return room === "modules" ? `modules/${name}` : room;
}

const everything = ["db", "core", "limits", "auth", "verify", "http", "modules", "jobs", "sdk", "web", "cli"];

/** Which rooms each room may use. `type` marks what it may only take types from. */
const doors: Record<string, { rooms: string[]; types?: string[]; files?: string[] }> = {
  core: { rooms: [], types: ["db"] },
  db: { rooms: [], files: ["type schema.ts"] },
  limits: { rooms: ["db", "core"] },
  auth: { rooms: ["db", "core"], types: ["limits"] },
  verify: { rooms: ["auth", "db", "core"] },
  http: { rooms: ["core"], types: ["db", "auth", "verify", "limits"] },
  modules: { rooms: ["http", "verify", "auth", "db", "core"], types: ["limits"] },
  jobs: { rooms: ["modules", "verify", "auth", "limits", "db", "core"], files: ["type deps.ts", "type config.ts"] },
  sdk: { rooms: [] },
  web: { rooms: ["sdk"] },
  "config.ts": { rooms: [] },
  "schema.ts": { rooms: ["modules", "auth", "limits", "db"] },
  "modules.ts": { rooms: ["http", "verify", "modules", "auth", "db", "core"] },
  "deps.ts": {
    rooms: ["http", "verify", "modules", "auth", "limits", "db", "core"],
    files: ["modules.ts", "schema.ts", "type config.ts"],
  },
  "app.ts": {
    rooms: ["http", "verify", "modules", "auth", "db", "core", "web"],
    files: ["modules.ts", "type deps.ts", "type config.ts"],
  },
  "secret.ts": { rooms: ["auth", "core"], files: ["type config.ts"] },
  "server.ts": { rooms: everything, files: ["*"] },
  cli: { rooms: everything, files: ["*"] },
};

/** Why one file may not import another; null when it may. */
function refused(from: string, to: string, typeOnly: boolean): string | null {
  const [here, there] = [roomOf(from), roomOf(to)];
  if (here === there) return null;
  const door = doors[here.startsWith("modules/") ? "modules" : here];
  if (!door) return `${here} isn't in the list of rooms`;
  if (there.endsWith(".ts")) {
    const allowed = door.files ?? [];
    return allowed.includes("*") || allowed.includes(there) || (typeOnly && allowed.includes(`type ${there}`))
      ? null
      : `${here} doesn't use ${there}`;
  }
  if (there.startsWith("modules/")) {
    const table = to.endsWith("/table.ts") && (from.endsWith("/table.ts") || from === "src/schema.ts");
    if (!table && !to.endsWith("/index.ts") && here !== "server.ts" && here !== "cli")
      return `a module is entered by its index.ts`;
    return here.startsWith("modules/") || door.rooms.includes("modules") ? null : `${here} doesn't use modules`;
  }
  if (door.rooms.includes(there) || (typeOnly && door.types?.includes(there))) return null;
  return `${here} doesn't use ${there}${door.types?.includes(there) ? ", but for its types" : ""}`;
}

/** Where packages that shape their surroundings may be used. */
const packages: [RegExp, RegExp][] = [
  [/^(hono|@hono\/.*)(\/|$)/, /^src\/(app\.ts|http\/|modules\/|sdk\/|web\/)/],
  [/^drizzle-(orm|kit)(\/|$)/, /^src\/(db|auth|limits|modules|jobs|cli)\/|^src\/schema\.ts/],
  [/^(better-auth|@better-auth\/.*)(\/|$)/, /^src\/(auth|web|sdk)\//],
  [/^(pg|@electric-sql\/.*)(\/|$)/, /^src\/(db|cli)\//],
  [/^(rate-limiter-flexible|ioredis)(\/|$)/, /^src\/limits\//],
];

describe("imports", () => {
  test("go only through the doors that the house has", () => {
    const found = src.flatMap(({ path, imports }) =>
      imports
        .filter(({ from }) => from.startsWith("."))
        .flatMap(({ from, typeOnly, line }) => {
          const to = normalize(join(dirname(path), from));
          if (!to.startsWith("src/")) return to === "package.json" ? [] : [`${path}:${line} leaves src for ${to}`];
          const why = refused(path, to, typeOnly);
          return why === null ? [] : [`${path}:${line} imports ${from}: ${why}`];
        }),
    );
    expect(found).toEqual([]);
  });

  test("name files that are there, with their extension and no alias", () => {
    const found = src.flatMap(({ path, imports }) =>
      imports
        .filter(({ from }) => from.startsWith(".") || /^[@~#]\//.test(from))
        .filter(({ from }) => /^[@~#]/.test(from) || (from.endsWith(".ts") && !paths.has(join(dirname(path), from))))
        .map(({ from, line }) => `${path}:${line} ${from}`),
    );
    expect(found).toEqual([]);
  });

  test("keep frameworks, drivers and better-auth in their rooms", () => {
    const found = src.flatMap(({ path, imports }) =>
      imports
        .filter(({ typeOnly }) => !typeOnly)
        .filter(({ from }) => packages.some(([name, rooms]) => name.test(from) && !rooms.test(path)))
        .map(({ from, line }) => `${path}:${line} ${from}`),
    );
    expect(found).toEqual([]);
  });

  test("are read right by this test", () => {
    const read = (text: string) => importsOf(text).map(({ from, typeOnly }) => `${typeOnly ? "type " : ""}${from}`);
    expect(read('import { a } from "./a.ts";')).toEqual(["./a.ts"]);
    expect(read('import type { A } from "./a.ts";\nimport type A from "./b.ts";')).toEqual([
      "type ./a.ts",
      "type ./b.ts",
    ]);
    expect(read('import { type A, type B } from "./a.ts";')).toEqual(["type ./a.ts"]);
    expect(read('import {\n  type A,\n  b,\n} from "./a.ts";')).toEqual(["./a.ts"]);
    expect(read('import * as a from "./a.ts";\nimport "./b.ts";\nexport { c } from "./c.ts";')).toEqual([
      "./a.ts",
      "./b.ts",
      "./c.ts",
    ]);
    expect(read('type S = typeof import("./a.ts");\nconst b = await import("./b.ts");')).toEqual([
      "type ./a.ts",
      "./b.ts",
    ]);
    expect(refused("src/core/x.ts", "src/db/client.ts", false)).not.toBeNull();
    expect(refused("src/core/x.ts", "src/db/client.ts", true)).toBeNull();
    expect(refused("src/modules/a/a.ts", "src/modules/b/b.ts", true)).not.toBeNull();
    expect(refused("src/modules/a/a.ts", "src/modules/b/index.ts", false)).toBeNull();
    expect(refused("src/modules/a/a.ts", "src/deps.ts", true)).not.toBeNull();
    expect(refused("src/http/x.ts", "src/modules/b/index.ts", true)).not.toBeNull();
  });
});

/** The lines of code, comments left out, that match. */
const lines = (files: typeof src, pattern: RegExp, except: RegExp = /^$/): string[] =>
  files
    .filter(({ path }) => !except.test(path))
    .flatMap(({ path, text }) =>
      withoutComments(text)
        .split("\n")
        .flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1} ${line.trim()}`] : [])),
    );

const programs = /^src\/(server\.ts|cli\/)/;

describe("the environment", () => {
  test("is read by server.ts and the commands only", () => {
    expect(lines(src, /process\.env|Bun\.env|import\.meta\.env|from "(node:)?process"/, programs)).toEqual([]);
  });

  test("doesn't change what the code does: only config.ts looks at NODE_ENV", () => {
    const elsewhere = lines(src, /NODE_ENV|\.production\b/, /^src\/config\.ts$/);
    // Naming the mode in a line of the log decides nothing.
    expect(elsewhere.filter((line) => !programs.test(line) || /[!=]==?|\bif\b|\?|switch/.test(line))).toEqual([]);
  });

  test("isn't written to: no console outside the programs", () => {
    expect(lines(src, /\bconsole\./, programs)).toEqual([]);
  });
});

describe("modules", () => {
  const folders = [...new Set(src.flatMap(({ path }) => /^src\/modules\/([^/]+)\//.exec(path)?.[1] ?? []))];
  const list = src.find(({ path }) => path === "src/modules.ts");
  const schema = src.find(({ path }) => path === "src/schema.ts");

  test("are registered in modules.ts, or offer no routes and are used through their index.ts", () => {
    const found = folders.flatMap((name) => {
      const index = src.find(({ path }) => path === `src/modules/${name}/index.ts`);
      if (!index) return [`${name} has no index.ts`];
      const registered = list?.imports.some(({ from }) => from === `./modules/${name}/index.ts`);
      if (registered) return [];
      if (/:\s*Module\b/.test(index.text)) return [`${name} declares a Module that modules.ts doesn't list`];
      const used = src.some(
        ({ path, imports }) =>
          !path.startsWith(`src/modules/${name}/`) &&
          imports.some(({ from }) => normalize(join(dirname(path), from)) === index.path),
      );
      return used ? [] : [`${name} is used by nobody`];
    });
    expect(found).toEqual([]);
  });

  test("have every Module that they declare in the list", () => {
    const declared = src
      .filter(({ path }) => /^src\/modules\/[^/]+\/index\.ts$/.test(path))
      .flatMap(({ text }) => [...text.matchAll(/export const (\w+): Module\b/g)].map(([, name]) => name ?? ""));
    const listed =
      /\[([^\]]*)\];/
        .exec(list?.text ?? "")?.[1]
        ?.split(",")
        .map((name) => name.trim()) ?? [];
    expect(listed.filter(Boolean).toSorted()).toEqual(declared.toSorted());
  });

  test("have their tables in the merged schema", () => {
    const found = src
      .filter(({ path }) => path.endsWith("/table.ts"))
      .filter(({ path }) => !schema?.text.includes(`export * from "${path.replace("src/", "./")}"`));
    expect(found.map(({ path }) => path)).toEqual([]);
  });
});

describe("files", () => {
  test("of the service have at most 250 lines", () => {
    const long = src.map(({ path, text }) => [path, text.trimEnd().split("\n").length] as const);
    expect(long.filter(([, length]) => length > 250)).toEqual([]);
  });

  test("export what they have, and nobody else's: `export *` is schema.ts's alone", () => {
    expect(lines(src, /^export \* /, /^src\/schema\.ts$/)).toEqual([]);
  });

  test("named index.ts are the doors of modules and packages only", () => {
    const doors = /^src\/(modules\/[^/]+|cli|sdk|sdk\/[^/]+|web|web\/[^/]+)\/index\.tsx?$/;
    expect(src.map(({ path }) => path).filter((path) => /\/index\.tsx?$/.test(path) && !doors.test(path))).toEqual([]);
  });

  test("hold no absolute path of one machine, no number of a ticket, and no host but known ones", async () => {
    const found: string[] = [];
    const known =
      /^(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|(.+\.)?example(\.(com|org|net))?|(.+\.)?(test|invalid)|www\.rfc-editor\.org|github\.com|bun\.(sh|com)|better-auth\.com|hono\.dev|orm\.drizzle\.team|www\.postgresql\.org)$/;
    const globs = [
      "{src,test,bench,drizzle,.ci,docs,examples,deploy}/**/*.{ts,tsx,js,html,css,sql,md,json,sh,yml}",
      "*.{md,json,toml,ts,lock}",
    ];
    const files: string[] = [];
    for (const glob of globs)
      for await (const path of new Bun.Glob(glob).scan({ cwd: root, dot: true }))
        if (!/node_modules|bench\/results/.test(path)) files.push(path);
    expect(files.length).toBeGreaterThan(100);
    for (const path of files) {
      const text = await Bun.file(join(root, path)).text();
      for (const [at, line] of text.split("\n").entries()) {
        if (/(^|[\s"'`(=])\/(home|root|Users|work)\//.test(line)) found.push(`${path}:${at + 1} ${line.trim()}`);
        if (/\b(issue|ticket|PR)s? #?\d+|(^|\s)#\d{1,5}\b/i.test(line)) found.push(`${path}:${at + 1} ${line.trim()}`);
        for (const [, host = ""] of line.matchAll(/https?:\/\/([\w.[\]:-]+)/g))
          if (host.includes(".") && !known.test(host.replace(/:\d*$/, "")))
            found.push(`${path}:${at + 1} names the host ${host}`);
      }
    }
    expect(found).toEqual([]);
  });
});

describe("tests", () => {
  const self = /^test\/contract\/tidy\.test\.ts$/;

  test("are all run: none is skipped, focused or left for later", () => {
    const marked = /\b(test|it|describe)\.(skip|only|todo|failing)\b|\b(xit|xtest|xdescribe|fit|fdescribe)\(/;
    expect(lines(tests, marked, self)).toEqual([]);
  });

  test("wait for what they expect, never for time to pass", () => {
    const pauses = /\bsleep(Sync)?\(|setTimeout\((resolve|r|done)\b/;
    // Asking again and again until it is so is waiting for it; such a loop says what it waits for.
    const asking = /\b(for|while) \(.*\b(Bun\.)?sleep\(/;
    const named = /^test\/(contract\/tidy\.test|harness\/time)\.ts$/;
    expect(lines(tests, pauses, named).filter((line) => !asking.test(line))).toEqual([]);
  });

  test("say what they guarantee: no name is said twice in a file", () => {
    const found = tests.flatMap(({ path, text }) => {
      const names = [...text.matchAll(/^(\s*)test\(\s*"([^"]+)"/gm)].map(
        ([, indent, name]) => `${indent?.length} ${name}`,
      );
      return names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${path}: ${name}`);
    });
    expect(found).toEqual([]);
  });
});
