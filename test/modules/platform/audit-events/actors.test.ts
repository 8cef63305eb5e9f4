import { expect, test } from "bun:test";
import { inSandbox } from "../../../harness/app.ts";

type Event = { action: string; actor: { type: string; id: string; impersonatorId: string | null } };

test("an event says whether an administrator, support, a person, a key or the service did it, and lists are filtered by that", () =>
  inSandbox(async (service) => {
    const { organization, database } = service;
    const { id, owner } = await organization();
    const root = await service.signUp();
    await database.statement("", `update "user" set role = 'admin' where id = $1`, [root.userId]);
    const projects = `/v1/orgs/${id}/projects`;
    await owner.post(projects, { name: "By a person" });
    const key = (await owner.post(`/v1/orgs/${id}/api-keys`, { name: "k", permissions: ["project:create"] })).body as {
      key: string;
    };
    await service.anonymous.request("POST", projects, {
      body: JSON.stringify({ name: "By a key" }),
      headers: { "content-type": "application/json", authorization: `Bearer ${key.key}` },
    });
    const other = await service.signUp();
    expect((await root.post(`/v1/admin/users/${other.userId}/ban`, {})).status).toBeLessThan(300);
    const impersonated = await root.post(`/v1/admin/users/${owner.userId}/impersonate`);
    await service.anonymous.request("POST", projects, {
      body: JSON.stringify({ name: "By support" }),
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${impersonated.headers.get("set-auth-token")}`,
      },
    });
    const seen = async (path: string) => ((await root.get(path)).body as { data: Event[] }).data;
    const inOrganization = `/v1/admin/audit-events?organizationId=${id}&action=project.created`;
    const kinds = (await seen(inOrganization)).map(({ actor }) => actor.type);
    expect(kinds.toSorted()).toEqual(["key", "person", "support"]);
    for (const type of ["key", "person", "support", "administrator", "system"]) {
      const found = await seen(`${inOrganization}&actorType=${type}`);
      expect(found.map(({ actor }) => actor.type)).toEqual(kinds.filter((kind) => kind === type));
    }
    const [support] = await seen(`${inOrganization}&actorType=support`);
    expect(support?.actor).toMatchObject({ id: owner.userId, impersonatorId: root.userId });
    const [banned] = await seen(`/v1/admin/audit-events?actorType=administrator&action=user.updated`);
    expect(banned?.actor).toMatchObject({ type: "administrator", id: root.userId });
    // What the ban ends, the database records.
    const [ended] = await seen(`/v1/admin/audit-events?actorType=administrator&action=session.deleted`);
    expect(ended?.actor).toMatchObject({ type: "administrator", id: root.userId });
  }));
