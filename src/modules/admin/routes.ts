import { z } from "zod";
import type { Database } from "../../db/client.ts";
import type { Verifier } from "../../verify/verifier.ts";
import { platformAdmin } from "../../http/access.ts";
import { createRoute, createRouter, json, problems, send } from "../../http/router.ts";
import { getUser, Health, health, searchUsers, User, UserList, UserQuery } from "./admin.ts";

const tags = ["Administration"];

const users = createRoute({
  ...platformAdmin(),
  method: "get",
  path: "/users",
  summary: "List users",
  tags,
  request: { query: UserQuery },
  responses: { ...problems, 200: json(UserList, "A page of users, newest first") },
});

const user = createRoute({
  ...platformAdmin(),
  method: "get",
  path: "/users/{id}",
  summary: "Read a user",
  tags,
  request: { params: z.object({ id: z.string() }) },
  responses: { ...problems, 200: json(User, "The user") },
});

const state = createRoute({
  ...platformAdmin(),
  method: "get",
  path: "/health",
  summary: "How the service is doing",
  tags,
  responses: { ...problems, 200: json(Health, "Its database, pool, migrations, verification and uptime") },
});

export const routes = ({ database, verifier }: { database: Database; verifier: Verifier }) =>
  createRouter()
    .openapi(users, async (c) =>
      send(c, UserList, await searchUsers(database, c.req.valid("query"), c.var.gate.cursors), 200),
    )
    .openapi(user, async (c) => send(c, User, await getUser(database, c.req.valid("param").id), 200))
    .openapi(state, async (c) => send(c, Health, await health({ database, verifier }), 200));
