import { expect, test } from "bun:test";
import { z } from "zod";
import { PreconditionFailed, problem } from "../../../src/core/problem.ts";
import { allow, publicly } from "../../../src/http/access/declare.ts";
import type { Tier } from "../../../src/core/access/permission.ts";
import type { Env } from "../../../src/http/env.ts";
import { mount } from "../../../src/http/mount.ts";
import { openApiDocument } from "../../../src/http/openapi/document.ts";
import { body, createRoute, createRouter, json, send } from "../../../src/http/router.ts";

const NoteTaken = problem("note_taken", 409, "The note is already taken");
const Note = z.object({ text: z.string() }).meta({ id: "Note" });
const note = { ...allow("note:create"), path: "/notes" } as const;

const notes = createRouter({ name: "Notes", description: "What one writes down." })
  .openapi(
    createRoute({
      ...note,
      method: "post",
      summary: "Create a note",
      description: "With a text.",
      request: { body: body(Note) },
      responses: { 201: json(Note, "The note") },
      refusals: [NoteTaken],
    }),
    (c) => send(c, Note, { text: c.req.valid("json").text }, 201),
  )
  .openapi(
    createRoute({
      ...note,
      method: "put",
      summary: "Put a note",
      description: "In place of another.",
      responses: { 200: json(Note, "The note") },
      refusals: [],
    }),
    (c) => send(c, Note, { text: "" }, 200),
  )
  .openapi(
    createRoute({
      ...publicly(),
      method: "get",
      path: "/notes/{id}",
      summary: "Look for a note",
      description: "Whether there is one.",
      request: { params: z.object({ id: z.string() }) },
      responses: { 204: { description: "There is one" } },
      refusals: [PreconditionFailed],
    }),
    (c) => c.body(null, 204),
  );

type Refused = { content: { "application/problem+json": { schema: { allOf: [unknown, Coded] } } } };
type Coded = { properties: { code: { enum: string[] } } };
type Described = {
  tags: string[];
  parameters?: { name: string }[];
  responses: Record<string, Response>;
};
type Response = { $ref?: string; headers?: object } & Partial<Refused>;

async function described(
  tier: Tier = "optional",
): Promise<Record<"post" | "put" | "get", Described> & { tags: object[] }> {
  const app = createRouter();
  app.route("/v1", notes);
  app.get(
    "/openapi.json",
    openApiDocument(app, {
      catalogue: { permissions: new Map([["note:create", "notes"]]), modules: new Map([["notes", tier]]) },
      mounts: [mount("")],
      baseUrl: "https://auth.example.com",
      cookieName: "better-auth.session_token",
      authRoutes: async () => [],
    }),
  );
  const answer = await app.request("/openapi.json", {}, { addressOf: () => "127.0.0.1" } satisfies Env["Bindings"]);
  const { tags, paths, components } = (await answer.json()) as {
    tags: object[];
    paths: Record<string, Record<string, Described>>;
    components: { responses: Record<string, Response> };
  };
  for (const { responses } of Object.values(paths).flatMap((path) => Object.values(path)))
    for (const [status, { $ref }] of Object.entries(responses))
      if ($ref) responses[status] = components.responses[$ref.split("/").at(-1)!]!;
  const operations = { ...paths["/v1/notes"], ...paths["/v1/notes/{id}"] };
  return { ...(operations as Record<"post" | "put" | "get", Described>), tags };
}

const refusalsOf = ({ responses }: Described) =>
  Object.entries(responses).flatMap(([status, { content }]) => {
    const schema = content?.["application/problem+json"]?.schema;
    return schema ? [`${status} ${schema.allOf[1].properties.code.enum.join(" ")}`] : [];
  });

test("an operation stands under its router's tag, which the document describes once", async () => {
  const { post, put, tags } = await described();
  expect([post.tags, put.tags]).toEqual([["Notes"], ["Notes"]]);
  expect(tags).toEqual([{ name: "Notes", description: "What one writes down." }]);
});

test("an operation documents the problems of whom it admits and what it takes, its own, and no others", async () => {
  const { post, put, get } = await described();
  const admitted = [
    "400 conflicting_credentials credential_in_url malformed_request no_active_organization",
    "401 unauthenticated",
    "403 entitlement_required forbidden two_factor_required untrusted_origin",
    "404 not_found",
  ];
  const limits = ["429 quota_exceeded rate_limited", "503 unavailable"];
  const late = "408 request_timeout";
  const input = ["413 payload_too_large", "415 unsupported_media_type", "422 validation_failed"];
  expect(refusalsOf(post)).toEqual([...admitted, late, "409 note_taken", ...input, ...limits]);
  expect(refusalsOf(put)).toEqual([...admitted, "412 precondition_failed", ...limits]);
  expect(refusalsOf(get)).toEqual([
    "400 credential_in_url malformed_request",
    "404 not_found",
    "412 precondition_failed",
  ]);
});

test("an operation of a module that everybody has doesn't document that one may lack it", async () => {
  const { post } = await described("standard");
  expect(refusalsOf(post)).toContain("403 forbidden two_factor_required untrusted_origin");
});

test("an operation documents If-Match where it refuses another version, and the headers of each of its answers", async () => {
  const { post, put, get } = await described();
  const conditions = [post, put, get].map(({ parameters = [] }) => parameters.map(({ name }) => name).join(" "));
  expect(conditions).toEqual(["", "If-Match", "id If-Match"]);
  const headersOf = ({ responses }: Described, status: number) => Object.keys(responses[status]?.headers ?? {});
  const limits = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];
  expect(headersOf(post, 201)).toEqual(["X-Request-Id", "ETag", "Location", ...limits]);
  expect(headersOf(put, 200)).toEqual(["X-Request-Id", "ETag", ...limits]);
  expect(headersOf(put, 401)).toEqual(["X-Request-Id", "WWW-Authenticate"]);
  expect(headersOf(put, 429)).toEqual(["X-Request-Id", "Retry-After", ...limits]);
  expect(headersOf(get, 204)).toEqual(["X-Request-Id"]);
});
