import { describe, expect, test } from "bun:test";
import { eventsFrom } from "../../src/core/audit.ts";
import { created, openScope } from "../../src/core/scope.ts";
import { modules } from "../../src/modules.ts";
import { project } from "../../src/schema.ts";
import { inSandbox } from "../harness/app.ts";
import { operations } from "./document.ts";
import { sources } from "./source.ts";

const declared = eventsFrom(modules);
const actions = [...declared.keys()].toSorted();

describe("the events of the audit trail", () => {
  test("are `noun.past-participle`, each with a sentence that says what happened", () => {
    for (const [action, meaning] of declared) {
      expect(action).toMatch(/^[a-z]+([A-Z][a-z]+)*\.[a-z]+(ed|sent)$/);
      expect({ action, meaning }).toEqual({ action, meaning: expect.stringMatching(/^[A-Z].*[a-z]$/) });
    }
  });

  test("are declared once: two modules with the same event don't start", () => {
    const twice = { name: "copy", events: { "project.created": "A project was created" } } as const;
    expect(() => eventsFrom([...modules, twice])).toThrow("event project.created is declared twice (again in copy)");
  });

  test("are each recorded by something: nothing is declared that never happens", async () => {
    // What a module declares is in its index.ts; whatever records it names it elsewhere, or as a trash's purge.
    const src = (await sources("src")).filter(({ path }) => !/^src\/modules\/[^/]+\/[^/]+\/index\.ts$/.test(path));
    const purges = modules.flatMap(({ trash }) => trash?.purged ?? []);
    const recorded = actions.filter((action) => src.some(({ text }) => text.includes(`"${action}"`)));
    expect(actions.filter((action) => !recorded.includes(action) && !purges.includes(action as never))).toEqual([]);
  });

  test("are what the list of the trail is filtered by, with what each of them means", () => {
    const lists = operations.filter(({ path }) => path.endsWith("/audit-events"));
    expect(lists).toHaveLength(2);
    for (const { parameters } of lists) {
      const filter = (name: string) => parameters?.find((parameter) => parameter.name === name)?.schema;
      expect(new Set(filter("action")?.enum)).toEqual(new Set(actions));
      expect(new Set(filter("entityType")?.enum)).toEqual(new Set(actions.map((action) => action.split(".")[0] ?? "")));
      const said = JSON.stringify(parameters);
      for (const [action, meaning] of declared) expect(said).toContain(`${action}\`: ${meaning}`);
    }
  });

  test("are the only ones that are recorded: a change with another is rolled back, and doesn't compile", async () => {
    const without = modules.map((module) => (module.name === "projects" ? { ...module, events: {} } : module));
    await inSandbox(
      async ({ organization, deps, database }) => {
        const { id, owner } = await organization();
        const projects = `/v1/orgs/${id}/projects`;
        expect((await owner.post(projects, { name: "Apollo" })).status).toBe(500);
        expect((await owner.get(projects)).body).toEqual({ data: [], nextCursor: null });

        const actor = { type: "user", id: owner.userId, impersonatorId: null } as const;
        const origin = { requestId: null, ipAddress: null, userAgent: null };
        const scope = openScope(deps, actor, origin, { organizationId: id, userId: owner.userId });
        // @ts-expect-error no module declares it
        const launched = scope.mutate("project.launched", async () => created({ id: "1", name: "Apollo" }));
        expect(await launched.then(String, String)).toContain("no module declares the event project.launched");

        const at = { createdAt: deps.clock(), updatedAt: deps.clock() };
        const silent = scope.mutate(null, async (tx) => {
          const [row] = await tx
            .insert(project)
            .values({ organizationId: id, name: "Apollo", ...at })
            .returning();
          return created(row!);
        });
        expect(await silent.then(String, String)).toContain("a change that isn't audited is returned by unrecorded");
        expect(await database.db.$count(project)).toBe(0);
      },
      { modules: without },
    );
  });
});
