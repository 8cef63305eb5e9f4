import type { Subject } from "../subject.ts";

const rows = 10_000;

const subject: Subject = {
  name: "hono-select",
  about: "a Hono route with one prepared SELECT by primary key through pg",
  database: "plain",
  async start({ databaseUrl, poolMax }) {
    const { Hono } = await import("hono");
    const { Pool } = await import("pg");
    const pool = new Pool({ connectionString: databaseUrl, max: poolMax });
    await pool.query("create table item (id int primary key, name text not null)");
    await pool.query("insert into item select n, 'item ' || n from generate_series(1, $1::int) n", [rows]);
    await pool.query("analyze item");

    let next = 0;
    const app = new Hono().get("/", async (c) => {
      next = (next % rows) + 1;
      const query = { name: "item", text: "select id, name from item where id = $1", values: [next] };
      const result = await pool.query<{ id: number; name: string }>(query);
      return c.json(result.rows[0]);
    });
    const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: app.fetch });
    return { url: server.url.href };
  },
  answers: (body) => body.includes('"name":"item '),
};

export default subject;
