import { describe, expect, test } from "bun:test";
import { betterAuthErrors, problemDocuments } from "../../src/http/errors/dialect.ts";
import { mount, mountOf } from "../../src/http/mount.ts";
import { inSandbox } from "../harness/app.ts";

describe("a mount", () => {
  const api = mount("/v1");
  const auth = mount("/api/auth", { errors: betterAuthErrors });
  const root = mount("", { credentialInUrl: "allowed" });

  test("holds its path and what is below it, and nothing that only begins alike", () => {
    const found = ["/v1", "/v1/me", "/v10/me", "/api/auth/sign-in", "/api/authors", "/", "/livez"].map(
      (path) => mountOf([api, auth, root], path).path,
    );
    expect(found).toEqual(["/v1", "/v1", "", "/api/auth", "", "", ""]);
  });

  test("is as strict as it can be where it doesn't say otherwise", () => {
    expect(api).toMatchObject({
      errors: problemDocuments,
      maxBodyBytes: 1_048_576,
      bodies: "checked",
      credentialInUrl: "refused",
      forgery: "refused",
    });
  });
});

test("413 and 404 in the dialect of the mount: problems, and better-auth's own errors", () =>
  inSandbox(async ({ anonymous }) => {
    const big = "x".repeat(1_048_577);
    const [ours, theirs, absent] = [
      await anonymous.post("/v1/orgs", { name: big }),
      await anonymous.post("/api/auth/sign-in/email", { email: big }),
      await anonymous.get("/nowhere"),
    ];
    const { requestId, ...problem } = ours.body as Record<string, unknown>;
    expect([ours.status, theirs.status, absent.status]).toEqual([413, 413, 404]);
    expect(requestId).toBe(ours.headers.get("x-request-id"));
    expect(problem).toEqual({
      type: "urn:gatehouse:problem:payload_too_large",
      title: "The body is too large",
      status: 413,
      detail: "A body has at most 1 MiB.",
      code: "payload_too_large",
    });
    expect(theirs.body).toEqual({ message: "A body has at most 1 MiB.", code: "PAYLOAD_TOO_LARGE" });
    expect((absent.body as { code: string }).code).toBe("not_found");
  }));
