import { describe, expect, test } from "bun:test";
import { dirname, join, normalize } from "node:path";
import { importsOf, root, sources, withoutComments } from "./source.ts";

const src = await sources("src");
const tests = await sources("test");
const paths = new Set(src.map(({ path }) => path));

/** The room of a path: `db`, `modules/work/projects`, or the name of a file that stands in src itself. */
function roomOf(path: string): string {
  const [, room = "", group = "", name = ""] = path.split("/");
  return room === "modules" ? `modules/${group}/${name}` : room;
}

const everything =
  "core config ops db backup history passwords mail limits auth directory verify queue http modules sdk web cli".split(
    " ",
  );

/** Which rooms each room may use. `type` marks what it may only take types from. */
const doors: Record<string, { rooms: string[]; types?: string[]; files?: string[] }> = {
  core: { rooms: [], types: ["db"] },
  config: { rooms: ["core"], types: ["ops"] },
  ops: { rooms: ["core", "db"] },
  db: { rooms: ["core"], types: ["ops"], files: ["type schema.ts"] },
  backup: { rooms: ["core", "db", "ops"], types: ["config"] },
  history: { rooms: ["core", "db"], types: ["ops"] },
  passwords: { rooms: ["core"] },
  mail: { rooms: ["core", "db"] },
  limits: { rooms: ["core", "db"], types: ["ops"] },
  auth: { rooms: ["core", "db", "passwords", "mail"], types: ["limits", "ops"] },
  directory: { rooms: ["core", "db", "auth"] },
  verify: { rooms: ["core", "db", "directory", "auth"], types: ["ops"] },
  queue: { rooms: ["core", "db", "directory", "history", "limits"], types: ["http", "ops"] },
  http: { rooms: ["core"], types: ["db", "auth", "directory", "verify", "limits", "ops"] },
  "gate.ts": {
    rooms: ["core", "http", "verify"],
    types: ["auth", "config", "db", "directory", "limits", "mail", "ops"],
  },
  // Of the pages, modules use what theirs are made of.
  modules: {
    rooms: ["core", "db", "history", "http", "verify", "directory", "auth", "mail", "queue", "web"],
    types: ["limits", "ops"],
  },
  sdk: { rooms: [] },
  web: { rooms: ["core", "http"], types: ["modules", "ops"] },
  "schema.ts": { rooms: ["modules", "auth", "history", "limits", "queue", "db"] },
  "modules.ts": { rooms: ["http", "modules"], files: ["type gate.ts"] },
  "deps.ts": {
    rooms: "core config ops db history passwords mail limits auth directory verify queue http modules".split(" "),
    files: ["gate.ts", "modules.ts", "schema.ts"],
  },
  "app.ts": {
    rooms: ["http", "verify", "modules", "auth", "db", "core", "web"],
    types: ["config"],
    files: ["gate.ts", "modules.ts", "type deps.ts"],
  },
  "server.ts": { rooms: everything, files: ["*"] },
  cli: { rooms: everything, files: ["*"] },
};

/** Why one file may not import another; null when it may. */
function refused(from: string, to: string, typeOnly: boolean): string | null {
  const [here, there] = [roomOf(from), roomOf(to)];
  if (here === there) return null;
  // Every organization's table refers to the organization and to the people in it.
  if (from.startsWith("src/db/schema/") && to.startsWith("src/auth/tables/")) return null;
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
    const open = door.rooms.includes("modules") || (typeOnly && door.types?.includes("modules"));
    return here.startsWith("modules/") || open ? null : `${here} doesn't use modules`;
  }
  if (door.rooms.includes(there) || (typeOnly && door.types?.includes(there))) return null;
  return `${here} doesn't use ${there}${door.types?.includes(there) ? ", but for its types" : ""}`;
}

/** Where packages that shape their surroundings may be used. */
const packages: [RegExp, RegExp][] = [
  [/^(hono|@hono\/.*)(\/|$)/, /^src\/(app\.ts|http\/|modules\/|sdk\/|web\/)/],
  [/^drizzle-(orm|kit)(\/|$)/, /^src\/(db|auth|directory|history|limits|modules|queue|cli)\/|^src\/schema\.ts/],
  [/^(better-auth|@better-auth\/.*)(\/|$)/, /^src\/(auth|directory|passwords|web|sdk)\//],
  [/^(pg|@electric-sql\/.*)(\/|$)/, /^src\/(db|cli)\//],
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

  test("give modules neither the owner's handle nor better-auth: they use scopes and the directory", () => {
    const found = src
      .filter(({ path }) => path.startsWith("src/modules/"))
      .flatMap(({ path, imports }) =>
        imports
          .filter(
            ({ from, text }) =>
              /\/db\/(open|driver|drizzle|batch|migrate)\b/.test(from) ||
              (from.endsWith("/db/types.ts") && /\bDatabase\b/.test(text)) ||
              (/\/auth\//.test(from) && !/\/auth\/(tables|guard)\//.test(from)),
          )
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
    expect(refused("src/core/x.ts", "src/db/types.ts", false)).not.toBeNull();
    expect(refused("src/core/x.ts", "src/db/types.ts", true)).toBeNull();
    expect(refused("src/modules/g/a/a.ts", "src/modules/g/b/b.ts", true)).not.toBeNull();
    expect(refused("src/modules/g/a/a.ts", "src/modules/g/b/index.ts", false)).toBeNull();
    expect(refused("src/modules/g/a/a.ts", "src/deps.ts", true)).not.toBeNull();
    expect(refused("src/http/x.ts", "src/modules/g/b/index.ts", true)).not.toBeNull();
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

  test("doesn't change what the code does: only config/ looks at NODE_ENV", () => {
    const elsewhere = lines(src, /NODE_ENV|\.production\b/, /^src\/config\//);
    // Naming the mode in a line of the log decides nothing.
    expect(elsewhere.filter((line) => !programs.test(line) || /[!=]==?|\bif\b|\?|switch/.test(line))).toEqual([]);
  });

  test("isn't written to: no console outside the programs", () => {
    expect(lines(src, /\bconsole\./, programs)).toEqual([]);
  });
});

describe("modules", () => {
  const folders = [...new Set(src.flatMap(({ path }) => /^src\/modules\/([^/]+\/[^/]+)\//.exec(path)?.[1] ?? []))];
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

  test("of the application's own work are named in modules.ts and schema.ts alone: all else loops over the list", () => {
    const outside = src.filter(({ path }) => !/^src\/(modules\/work\/|modules\.ts$|schema\.ts$)/.test(path));
    const imported = outside.flatMap(({ path, imports }) =>
      imports
        .filter(({ from }) => normalize(join(dirname(path), from)).startsWith("src/modules/work/"))
        .map(({ from, line }) => `${path}:${line} imports ${from}`),
    );
    const names = folders
      .flatMap((folder) => /^work\/(\w+?)s?$/.exec(folder)?.[1] ?? [])
      .filter((name) => name !== "trash");
    expect(names).toContain("project");
    expect([...imported, ...lines(outside, new RegExp(`["'](${names.join("|")})s?["']`))]).toEqual([]);
  });

  test("have every Module that they declare in the list", () => {
    const declared = src
      .filter(({ path }) => /^src\/modules\/[^/]+\/[^/]+\/index\.ts$/.test(path))
      .flatMap(({ text }) => [...text.matchAll(/export const (\w+): Module\b/g)].map(([, name]) => name ?? ""));
    const listed =
      /\[([^\]]*)\];/
        .exec(list?.text ?? "")?.[1]
        ?.split(",")
        .map((name) => name.trim()) ?? [];
    expect(listed.filter(Boolean).toSorted()).toEqual(declared.toSorted());
  });

  test("get neither the database owner's handle nor better-auth itself: the directory stands for both", () => {
    const inModules = src.filter(({ path }) => path.startsWith("src/modules/"));
    const owner = /\bDatabase\b[^"]*"[^"]*\/db\/types\.ts"|"[^"]*\/(db\/open|auth\/options)\.ts"/;
    expect(lines(inModules, owner)).toEqual([]);
  });

  test("write to a table of better-auth's only where it is their own resource", () => {
    const owners: Record<string, string> = {
      apikey: "machine/api-keys",
      member: "organization/members",
      invitation: "organization/invitations",
      organization: "organization/organizations",
      organizationRole: "organization/roles",
    };
    const tables = src.flatMap(({ path, text }) =>
      path.startsWith("src/auth/tables/") ? [...text.matchAll(/export const (\w+) = pgTable\(/g)] : [],
    );
    const named = tables.map(([, name = ""]) => name);
    expect(named).toEqual(expect.arrayContaining([...Object.keys(owners), "user", "session", "account"]));
    const writes = new RegExp(`\\.(insert|update|delete)\\((${named.join("|")})\\b`);
    const written = lines(
      src.filter(({ path }) => path.startsWith("src/modules/")),
      writes,
    );
    expect(written.length).toBeGreaterThan(0);
    const strange = written.filter((line) => {
      const table = writes.exec(line)?.[2] ?? "";
      return !line.startsWith(`src/modules/${owners[table] ?? "nobody"}/`);
    });
    expect(strange).toEqual([]);
  });

  test("have their tables in the merged schema", () => {
    const found = src
      .filter(({ path }) => path.endsWith("/table.ts"))
      .filter(({ path }) => !schema?.text.includes(`export * from "${path.replace("src/", "./")}"`));
    expect(found.map(({ path }) => path)).toEqual([]);
  });
});

describe("words", () => {
  test("in comments are ones that a native reader doesn't stop at", () => {
    const odd = /\b(tells? of|speaks? of|hangs? on|for good|anew|whom)\b/i;
    const said = src.flatMap(({ path, text }) =>
      text.split("\n").flatMap((line, at) => (odd.test(line) ? [`${path}:${at + 1} ${line.trim()}`] : [])),
    );
    expect(said).toEqual([]);
  });
});

describe("files", () => {
  test("with JSX begin with `/** @jsxImportSource hono/jsx */`: Bun reads tsconfig.json only where it is started", () => {
    const pages = src.filter(({ path }) => path.endsWith(".tsx"));
    const without = pages.filter(({ text }) => !text.startsWith("/** @jsxImportSource hono/jsx */\n"));
    expect(without.map(({ path }) => path)).toEqual([]);
  });

  test("of the service have at most 250 lines", () => {
    const long = src.map(({ path, text }) => [path, text.trimEnd().split("\n").length] as const);
    expect(long.filter(([, length]) => length > 250)).toEqual([]);
  });

  test("export what they have, and nobody else's: `export *` is schema.ts's alone", () => {
    expect(lines(src, /^export \* /, /^src\/schema\.ts$/)).toEqual([]);
  });

  test("named index.ts are the doors of modules and packages only", () => {
    const doors = /^src\/(modules\/[^/]+\/[^/]+|config|cli|sdk|sdk\/[^/]+|web|web\/[^/]+)\/index\.tsx?$/;
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

  test("are in one of two tiers: what `bun test` runs, and `*.slow.test.ts`, which the check runs too", async () => {
    const bunfig = (await import("../../bunfig.toml")).default as { test: { pathIgnorePatterns: string[] } };
    expect(bunfig.test.pathIgnorePatterns).toEqual(["**/*.slow.test.ts"]);
    const checks = await Bun.file(join(root, ".ci/check.ts")).text();
    expect(checks).toContain('"slow.test"');
    const leftOut = [...checks.matchAll(/^ {2}[?:] "(test\/.*)"/gm)].map(([, pattern = ""]) => new Bun.Glob(pattern));
    expect(leftOut).toHaveLength(2);
    const byNone = tests.filter(({ path }) => leftOut.every((glob) => glob.match(path)));
    expect(byNone.map(({ path }) => path)).toEqual([]);
    // A file with tests and another name would be run by neither.
    expect(lines(tests, /^(test|describe)(\.\w+)?\(/, /\.test\.ts$/)).toEqual([]);
  });

  test("have one time limit, which stands in the harness", () => {
    expect(
      lines(tests, /\bsetDefaultTimeout\b.*"bun:test"/, /^test\/(harness\/preload|contract\/tidy\.test)\.ts$/),
    ).toEqual([]);
  });

  test("print the requests and the log where they fail, also those that share one service", () => {
    const sharing = tests.filter(({ text }) => /^ *let service: Service;/m.test(text));
    expect(sharing.length).toBeGreaterThan(5);
    expect(sharing.filter(({ text }) => !text.includes("reporting(() => service)")).map(({ path }) => path)).toEqual(
      [],
    );
  });

  test("prepare no statement under a name that another one has: on one connection that is an error", () => {
    const names = tests.flatMap(({ text }) =>
      [...text.matchAll(/\bstatement(?:<[^(]*?>)?\(\s*"(\w+)"/g)].map(([, name = ""]) => name),
    );
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
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
