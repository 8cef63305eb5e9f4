import type { Subject } from "../subject.ts";

const subject: Subject = {
  name: "hono-list",
  about:
    "the same 20 projects by Hono, Drizzle and zod written by hand, with no guard: no session, no scope, no cursor check",
  database: "large",
  async start({ databaseUrl, poolMax }) {
    const { Hono } = await import("hono");
    const { Pool } = await import("pg");
    const { drizzle } = await import("drizzle-orm/node-postgres");
    const { and, desc, eq, isNull } = await import("drizzle-orm");
    const { z } = await import("zod");
    const { organization } = await import("../seed.ts");
    const { project } = await import("../../src/schema.ts");

    const Query = z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) });
    const instant = z.date().transform((date) => date.toISOString());
    const Project = z.object({
      id: z.string(),
      name: z.string(),
      description: z.string().nullable(),
      ownerId: z.string().nullable(),
      createdAt: instant,
      updatedAt: instant,
      deletedAt: instant.nullable(),
    });
    const List = z.object({ data: z.array(Project), nextCursor: z.string().nullable() });

    const db = drizzle(new Pool({ connectionString: databaseUrl, max: poolMax }));
    const { id, name, description, ownerId, createdAt, updatedAt, deletedAt } = project;
    const columns = { id, name, description, ownerId, createdAt, updatedAt, deletedAt };
    const app = new Hono().get("/orgs/:org/projects", async (c) => {
      const { limit } = Query.parse(c.req.query());
      const rows = await db
        .select(columns)
        .from(project)
        .where(and(eq(project.organizationId, c.req.param("org")), isNull(deletedAt)))
        .orderBy(desc(createdAt), desc(id))
        .limit(limit + 1);
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      const nextCursor = last ? btoa(JSON.stringify([last.createdAt, last.id])) : null;
      return c.json(List.parse({ data: rows.slice(0, limit), nextCursor }));
    });
    const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: app.fetch });
    return { url: `${server.url.href}orgs/${organization}/projects?limit=20` };
  },
  answers: (body) => (JSON.parse(body) as { data: unknown[] }).data.length === 20,
};

export default subject;
