import { expect, test } from "bun:test";
import { inSandbox } from "../harness/app.ts";
import { type JsonSchema, operations, resolve } from "./document.ts";

/** The paths of the objects in a body that would take a field that they don't know. */
function open(given: JsonSchema, at: string): string[] {
  const schema = resolve(given);
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [
    ...(schema.properties && schema.additionalProperties === undefined ? [at] : []),
    ...branches.flatMap((branch) => open(branch, at)),
    ...Object.entries(schema.properties ?? {}).flatMap(([key, field]) => open(field, `${at}.${key}`)),
    ...(schema.items ? open(schema.items, `${at}[]`) : []),
  ];
}

test("every body of /v1 refuses fields that it doesn't know, but for RFC 7662's, which must ignore them", () => {
  const found = operations.flatMap(({ name, body }) => (body ? open(body, name) : []));
  expect(found).toEqual(["POST /v1/introspect"]);
});

test("422 names each unknown field, at any depth, beside those that are wrong", () =>
  inSandbox(async ({ organization }) => {
    const { id, owner } = await organization();
    const errors = async (answer: Promise<{ status: number; body: unknown }>) => {
      const { status, body } = await answer;
      return [status, (body as { errors?: { path: string }[] }).errors?.map(({ path }) => path).toSorted()];
    };
    expect(await errors(owner.patch("/v1/me", { email: "new@example.com", name: "New", role: "admin" }))).toEqual([
      422,
      ["email", "role"],
    ]);
    expect((await owner.get("/v1/me")).text).not.toContain("new@example.com");
    const key = { name: 7, rateLimit: { limit: 5, windowMs: 1000, burst: 9 } };
    expect(await errors(owner.post(`/v1/orgs/${id}/api-keys`, { ...key, permissions: ["project:read"] }))).toEqual([
      422,
      ["name", "rateLimit.burst"],
    ]);
  }));
