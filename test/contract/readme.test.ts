import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { settingsTable } from "../../src/cli/settings.ts";
import { connectedFrom } from "../harness/actor.ts";
import { createServiceKey } from "../../src/directory/service-keys.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { makeKey } from "../harness/keys.ts";
import { freePort } from "../harness/process.ts";

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

  test("its map names every room of the house and no other", async () => {
    const map = /## The house\n[\s\S]*?```\nsrc\/\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
    const named = [...map.matchAll(/^ {2}([\w-]+)\/| {2}([\w-]+\.ts) /gm)].map(([, room, file]) => room ?? file ?? "");
    expect(named.toSorted()).toEqual((await readdir(join(root, "src"))).toSorted());
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

describe("docs/tokens.md", () => {
  /** Runs over the code below a heading, as a module that talks to a real server. */
  const running = async (heading: string, run: (path: string, service: Service) => Promise<void>): Promise<void> => {
    const text = await Bun.file(join(root, "docs/tokens.md")).text();
    const [, section = ""] = text.split(`\n## ${heading}\n`);
    const code = /```ts\n([\s\S]*?)```/.exec(section)?.[1] ?? "";
    const port = await freePort();
    const baseUrl = `http://localhost:${port}`;
    const directory = await mkdtemp(join(root, "node_modules/.gatehouse-docs-"));
    try {
      await inSandbox(
        async (service) => {
          const server = Bun.serve({ port, fetch: (request) => service.app.fetch(request, connectedFrom()) });
          const path = join(directory, "code.ts");
          await Bun.write(path, code.replaceAll("https://auth.example.com", baseUrl));
          await run(path, service);
          await server.stop(true);
        },
        { env: { BASE_URL: baseUrl } },
      );
    } finally {
      await rm(directory, { recursive: true });
    }
  };

  test("its way to sign in without a cookie gets a token that /v1/me takes", () =>
    running("Sign-in without a cookie", async (path, service) => {
      const { email, userId } = await service.signUp();
      const gatehouse = service.deps.config.server.baseUrl;
      const code = (await Bun.file(path).text()).replace("await fetch(`${gatehouse}/v1/me`", "export const me = $&");
      const given = { gatehouse, email, password: "correct horse battery" };
      const constants = Object.entries(given).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};`);
      await Bun.write(path, [...constants, code].join("\n"));
      const { me } = (await import(path)) as { me: Response };
      expect([me.status, await me.json()]).toMatchObject([200, { principal: { id: userId } }]);
    }));

  test("its way to verify a JWT offline takes ours and no other", () =>
    running("Verifying a JWT offline", async (path, service) => {
      const owner = await service.as("owner");
      const { person } = (await import(path)) as { person: (token: string) => Promise<object> };
      const { token } = (await owner.get("/api/auth/token")).body as { token: string };
      const { userId, sessionId } = owner;
      expect(await person(token)).toEqual({ userId, sessionId, organizationId: expect.any(String) });
      const [header, payload] = token.split(".");
      expect(person(`${header}.${payload}.${"A".repeat(86)}`)).rejects.toThrow("signature");
    }));

  test("its way to introspect is answered about a key, by a client that a key makes", () =>
    running("Introspection", async (path, service) => {
      const client = await createServiceKey(service.deps, {
        name: "a service",
        organizationId: null,
        permissions: ["token:introspect"],
      });
      const code = (await Bun.file(path).text())
        .replace("0198…", client.id)
        .replace("gh_…", client.key)
        // The library refuses http unless it is told, and there is no other here.
        .replace('{ algorithm: "oauth2" }', '{ algorithm: "oauth2", [oauth.allowInsecureRequests]: true }')
        .replace("secret, token)", "secret, token, { [oauth.allowInsecureRequests]: true })");
      await Bun.write(path, code);
      const made = await makeKey(await service.organization());
      const { introspect } = (await import(path)) as { introspect: (token: string) => Promise<object> };
      expect(await introspect(made.key)).toMatchObject({ active: true, sub: made.id });
      expect(await introspect("garbage")).toMatchObject({ active: false });
    }));
});
