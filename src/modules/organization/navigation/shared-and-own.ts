import type { Context } from "hono";
import { z } from "zod";
import type { Refusal } from "../../../core/problem.ts";
import { type Access, allow, platformAdmin } from "../../../http/access/declare.ts";
import type { Env } from "../../../http/env.ts";
import { body, createRoute, createRouter, json, organizationParams, send, sendNew } from "../../../http/router.ts";
import { rowId } from "../../../http/schemas.ts";
import type { NavigationScope } from "./audience.ts";
import { type Tag, tags } from "../../../http/openapi/tags.ts";
import { PageQuery, tag } from "./schemas.ts";

type RowSchema = z.ZodType<{ id: string }>;
type ListSchema = z.ZodType<{ nextCursor: string | null }>;

/** A resource of which an organization has rows of its own and sees the shared ones, which administrators keep. */
type Resource<
  Row extends RowSchema = RowSchema,
  List extends ListSchema = ListSchema,
  New extends z.ZodType = z.ZodType,
  Changes extends z.ZodType = z.ZodType,
> = {
  path: `/${string}`;
  /** The singular, as the reference calls it. */
  noun: string;
  schemas: { Row: Row; List: List; New: New; Changes: Changes };
  conflicts: Record<"create" | "update" | "remove", readonly Refusal[]>;
  create(scope: NavigationScope, input: z.output<New>): Promise<z.input<Row> & { id: string }>;
  list(scope: NavigationScope, query: z.output<typeof PageQuery>): Promise<z.input<List>>;
  get(scope: NavigationScope, id: string): Promise<z.input<Row>>;
  update(scope: NavigationScope, id: string, input: z.output<Changes>): Promise<z.input<Row>>;
  remove(scope: NavigationScope, id: string): Promise<void>;
};

type Declared = Pick<ReturnType<typeof allow>, "middleware" | "security" | "entry"> & { "x-access": Access };

/** One of the two places where a resource is mounted. */
type Facet = {
  tag: Tag;
  /** How the reference calls one row, and all of them. */
  one: string;
  all: string;
  /** Which rows are read, and which are written, as sentences for the reference. */
  sees: string;
  keeps: string;
  read: Declared;
  write: Declared;
  params: z.ZodObject;
  scopeOf: (c: Context<Env>) => NavigationScope;
};

const own: Facet = {
  tag,
  one: "a",
  all: "the organization's and the shared",
  sees: "One of the organization's own, or one that all organizations share.",
  keeps: "Of the organization's own; platform administrators keep the shared ones.",
  read: allow("navigation:read"),
  write: allow("navigation:update"),
  params: organizationParams,
  scopeOf: (c) => c.var.scope,
};

const shared: Facet = {
  tag: tags.administration,
  one: "a shared",
  all: "the shared",
  sees: "One that all organizations share.",
  keeps: "All organizations share it.",
  read: platformAdmin(),
  write: platformAdmin({ fresh: true }),
  params: z.object({}),
  scopeOf: (c) => c.var.account,
};

/** The routes of a resource: an organization's own (`own`), and what all organizations share (`shared`). */
export const sharedAndOwn = <
  Row extends RowSchema,
  List extends ListSchema,
  New extends z.ZodType,
  Changes extends z.ZodType,
>(
  resource: Resource<Row, List, New, Changes>,
) => ({ own: routesOf(resource, own), shared: routesOf(resource, shared) });

// Not generic: the router infers nothing from schemas that are type parameters. `Resource` has paired them above.
function routesOf(
  { path, noun, conflicts, schemas: { Row, List, New, Changes }, ...verbs }: Resource,
  { tag, one, all, sees, keeps, read, write, params, scopeOf }: Facet,
) {
  const rowParams = params.extend({ id: rowId });
  return createRouter(tag)
    .openapi(
      createRoute({
        ...write,
        method: "post",
        path,
        summary: `Create ${one} ${noun}`,
        description: keeps,
        request: { params, body: body(New) },
        responses: { 201: json(Row, `The new ${noun}`) },
        refusals: conflicts.create,
      }),
      async (c) => sendNew(c, Row, await verbs.create(scopeOf(c), c.req.valid("json"))),
    )
    .openapi(
      createRoute({
        ...read,
        method: "get",
        path,
        summary: `List ${all} ${noun}s`,
        description: "Oldest first.",
        request: { params, query: PageQuery },
        responses: { 200: json(List, `A page of ${noun}s, oldest first`) },
        refusals: [],
      }),
      async (c) => send(c, List, await verbs.list(scopeOf(c), c.req.valid("query")), 200),
    )
    .openapi(
      createRoute({
        ...read,
        method: "get",
        path: `${path}/{id}`,
        summary: `Read ${one} ${noun}`,
        description: sees,
        request: { params: rowParams },
        responses: { 200: json(Row, `The ${noun}`) },
        refusals: [],
      }),
      async (c) => send(c, Row, await verbs.get(scopeOf(c), c.req.param("id")), 200),
    )
    .openapi(
      createRoute({
        ...write,
        method: "patch",
        path: `${path}/{id}`,
        summary: `Change ${one} ${noun}`,
        description: `${keeps} Fields that are left out stay as they are.`,
        request: { params: rowParams, body: body(Changes) },
        responses: { 200: json(Row, `The ${noun} as it is now`) },
        refusals: conflicts.update,
      }),
      async (c) => {
        const row = await verbs.update(scopeOf(c), c.req.param("id"), c.req.valid("json"));
        return send(c, Row, row, 200);
      },
    )
    .openapi(
      createRoute({
        ...write,
        method: "delete",
        path: `${path}/{id}`,
        summary: `Delete ${one} ${noun}`,
        description: keeps,
        request: { params: rowParams },
        responses: { 204: { description: "It is deleted" } },
        refusals: conflicts.remove,
      }),
      async (c) => {
        await verbs.remove(scopeOf(c), c.req.param("id"));
        return c.body(null, 204);
      },
    );
}
