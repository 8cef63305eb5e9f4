import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { settingsTable } from "../../src/cli/settings.ts";
import { connectedFrom } from "../harness/actor.ts";
import { inSandbox } from "../harness/app.ts";

const root = join(import.meta.dir, "../..");
const readme = await Bun.file(join(root, "README.md")).text();

describe("README", () => {
  test("its table of settings is the schema's (bun run cli settings)", () => {
    const shown = /<!-- settings -->\n([\s\S]*?)\n<!-- \/settings -->/.exec(readme)?.[1];
    expect(shown).toBe(settingsTable());
  });

  test("every file that it links to is there", () => {
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, path]) => path ?? "");
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  test("every dependency is named with its reason", async () => {
    const { dependencies } = (await Bun.file(join(root, "package.json")).json()) as { dependencies: object };
    const section = /## Dependencies\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? "";
    const bold = [...section.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name]) => name);
    const named = (name: string) => bold.some((each) => name === each || name.endsWith(`/${each}`));
    expect(Object.keys(dependencies).filter((name) => !named(name))).toEqual([]);
  });

  test("what it gives another service to paste tells a member from a stranger, and never takes an outage for a pass", () =>
    inSandbox(async ({ app, as, signUp }) => {
      const server = Bun.serve({ port: 0, fetch: (request) => app.fetch(request, connectedFrom()) });
      const directory = await mkdtemp(join(tmpdir(), "gatehouse-readme-"));
      try {
        const code = /<!-- verify -->\n```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
        const file = join(directory, "caller.ts");
        await Bun.write(file, code.replaceAll("http://localhost:3000", server.url.origin));
        const { caller } = (await import(file)) as {
          caller: (request: Request, org: string, permission: string) => Promise<unknown>;
        };
        const owner = await as("owner");
        const { body } = await owner.get("/v1/me/organizations");
        const { id } = (body as { data: { id: string }[] }).data[0]!;
        const ask = (cookie: string, org = id) =>
          caller(new Request("https://service.example", { headers: { cookie } }), org, "project:read");
        expect(await ask(owner.cookie)).toMatchObject({
          principal: { type: "user", id: owner.userId },
          organization: { role: "owner" },
        });
        expect(await ask((await signUp()).cookie)).toBe(403);
        expect(await ask(owner.cookie, `${id}&org=another`)).toBe(403);
        expect(await ask("")).toBe(401);
        server.reload({ fetch: () => new Response(null, { status: 429 }) });
        expect(await ask(owner.cookie)).toBe(429);
        server.reload({ fetch: () => new Response(null, { status: 503 }) });
        expect(ask(owner.cookie)).rejects.toThrow("503");
      } finally {
        await server.stop(true);
        await rm(directory, { recursive: true });
      }
    }));
});
