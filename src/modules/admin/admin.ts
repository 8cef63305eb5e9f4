import { z } from "zod";
import { findUser, listUsers, type UserFilter, type UserRow } from "../../auth/users.ts";
import { notFound } from "../../core/problem.ts";
import type { Database } from "../../db/client.ts";
import { migrationStatus } from "../../db/migrate.ts";
import type { Verifier } from "../../verify/verifier.ts";
import { type CursorCodec, likePattern, page, pageQuery } from "../../http/pagination.ts";
import { list, timestamp } from "../../http/schemas.ts";

export const User = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    emailVerified: z.boolean(),
    image: z.string().nullable(),
    role: z.string().nullable().meta({ description: "`admin` for platform administrators" }),
    banned: z.boolean(),
    banReason: z.string().nullable(),
    banExpires: timestamp().nullable(),
    createdAt: timestamp(),
    updatedAt: timestamp(),
  })
  .meta({ id: "User" });
export const UserList = list(User, "UserList");

export const UserQuery = z.object({
  ...pageQuery,
  email: z.string().trim().min(1).max(320).optional().meta({ description: "The whole address, whatever its case" }),
  q: z.string().trim().min(1).max(120).optional().meta({ description: "A part of the name or address" }),
});

export const Health = z
  .object({
    status: z.literal("ok"),
    uptimeSeconds: z.number(),
    database: z.object({ kind: z.enum(["postgres", "pglite"]) }),
    pool: z.object({ max: z.int(), total: z.int(), idle: z.int(), waiting: z.int() }),
    migrations: z.object({ applied: z.int(), pending: z.array(z.string()) }),
    verification: z.object({
      trusted: z.boolean().meta({ description: "Whether changes are heard of, so that memory answers" }),
      kept: z.int().meta({ description: "Verified credentials in memory" }),
    }),
  })
  .meta({ id: "Health" });

type Ports = { database: Database; verifier: Pick<Verifier, "trusted" | "size"> };

/** One page of the service's users, newest first. `email` wins over `q`. */
export async function searchUsers(database: Database, query: z.infer<typeof UserQuery>, cursors: CursorCodec) {
  const filter = filterOf(query);
  const name = `admin:users:${filter.by}`;
  const after = query.cursor ? (cursors.decode(name, query.cursor)[0] ?? null) : null;
  const rows = await listUsers(database, filter, { after, limit: query.limit + 1 });
  return page(rows, query.limit, ({ id }) => cursors.encode(name, [id]));
}

function filterOf({ email, q }: z.infer<typeof UserQuery>): UserFilter {
  if (email !== undefined) return { by: "email", value: email };
  return q === undefined ? { by: "all" } : { by: "text", value: likePattern(q) };
}

/** @throws 404. */
export async function getUser(database: Database, id: string): Promise<UserRow> {
  const row = await findUser(database, id);
  if (!row) throw notFound();
  return row;
}

/** How the service and its database are doing. Rejects when the database doesn't answer, which is told as 503. */
export async function health({ database, verifier }: Ports): Promise<z.infer<typeof Health>> {
  const pool = database.stats();
  const status = await migrationStatus(database);
  const pending = status.filter(({ appliedAt }) => appliedAt === null).map(({ tag }) => tag);
  return {
    status: "ok",
    uptimeSeconds: Math.round(process.uptime()),
    database: { kind: database.kind },
    pool,
    migrations: { applied: status.length - pending.length, pending },
    verification: { trusted: verifier.trusted(), kept: verifier.size() },
  };
}
