import { describe, expect, test } from "bun:test";
import { Verification } from "../../src/modules/machine/verification/schemas.ts";
import { inSandbox } from "../harness/app.ts";
import { holder, makeKey } from "../harness/keys.ts";

const said = ({ status, body }: { status: number; body: unknown }) => [status, (body as { code?: string }).code];

describe("/v1/verify", () => {
  test("400 for a question that asks for nothing, for something unknown, or for two organizations", () =>
    inSandbox(async ({ as }) => {
      const owner = await as("owner");
      for (const query of [
        "permission=",
        "permission=,,",
        "permission=%20",
        "permission=project:read&permission=",
        "permission[]=project:delete",
        "permissions=project:delete",
        "permision=project:delete",
        "Permission=project:delete",
        "organization=acme",
        "org=acme&org=other",
      ])
        expect([query, ...said(await owner.get(`/v1/verify?${query}`))]).toEqual([query, 400, "malformed_request"]);
    }));

  test("400 unknown_permission for one that no module declares, never a quiet 403", () =>
    inSandbox(async ({ as, anonymous }) => {
      const owner = await as("owner");
      for (const permission of ["project:raed", "project", "projects:read", "project:read,project:raed"])
        expect(said(await owner.get(`/v1/verify?permission=${permission}`))).toEqual([400, "unknown_permission"]);
      expect(said(await anonymous.get("/v1/verify?permission=nothing:ever"))).toEqual([400, "unknown_permission"]);
    }));

  test("403 no_active_organization where a permission is asked for and the session has none", () =>
    inSandbox(async ({ signUp }) => {
      const person = await signUp();
      expect((await person.get("/v1/verify")).status).toBe(200);
      for (const query of ["permission=project:read", "org=current", "org=current&permission=project:read"])
        expect(said(await person.get(`/v1/verify?${query}`))).toEqual([403, "no_active_organization"]);
      expect(said(await person.get("/v1/verify?org=no-such-one"))).toEqual([403, "organization_access_denied"]);
    }));

  test("200 shows what its schema has, and nothing more, of a person and of a key", () =>
    inSandbox(async (service) => {
      const organization = await service.organization();
      const made = await makeKey(organization, { permissions: ["project:read"], remaining: 5 });
      const key = holder(service, made.key);
      for (const answer of [
        await organization.owner.get("/v1/verify"),
        await (await service.signUp()).get("/v1/verify"),
        await key.get("/v1/verify"),
      ]) {
        expect(answer.status).toBe(200);
        expect(Verification.parse(answer.body)).toEqual(answer.body as never);
        expect(JSON.stringify(Verification.parse(answer.body))).toBe(answer.text);
      }
    }));
});
