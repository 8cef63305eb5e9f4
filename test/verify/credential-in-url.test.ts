import { expect, test } from "bun:test";
import { inSandbox } from "../harness/app.ts";
import { holder, makeKey } from "../harness/keys.ts";

test("400 for a key or a token in a URL, also beside a good credential; it reaches no log", () =>
  inSandbox(async (service) => {
    const organization = await service.organization();
    const { key, id } = await makeKey(organization, { permissions: ["project:read"], remaining: 10 });
    const good = holder(service, key);
    const list = `/v1/orgs/${organization.id}/projects`;
    for (const path of [
      `/v1/verify?api_key=${key}`,
      `/v1/verify?apiKey=${key}`,
      `/v1/verify?x-api-key=x`,
      `/v1/verify?org=${organization.slug}&access_token=x`,
      `/v1/verify?permission=${key}`,
      `${list}?token=x`,
      `${list}?q=${key}`,
      `/v1/orgs/${key}/projects`,
      `/v1/introspect?token=x`,
    ])
      for (const who of [service.anonymous, good]) {
        const answer = await (path.startsWith("/v1/introspect") ? who.post(path, { token: key }) : who.get(path));
        const { status, body } = answer;
        expect([path, status, (body as { code: string }).code]).toEqual([path, 400, "credential_in_url"]);
        expect(answer.text).not.toContain(key);
      }
    await service.anonymous.get(`/api/auth/reset-password/a-single-use-token?callbackURL=/`);
    expect(service.logs.join("")).not.toContain(key.slice(8));
    expect(service.logs.join("")).not.toContain("a-single-use-token");
    // Nothing of it was a use.
    const row = await organization.owner.get(`/v1/orgs/${organization.id}/api-keys/${id}`);
    expect(row.body).toMatchObject({ remaining: 10 });
  }));
