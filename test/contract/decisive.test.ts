import { expect, test } from "bun:test";
import type { Actor } from "../harness/actor.ts";
import { inSandbox, type Service } from "../harness/app.ts";
import { password } from "../harness/people.ts";
import { decides, decisive } from "../../src/verify/decisive.ts";

test("the tables whose commits raise the fence are those whose changes are announced, insert by insert", () =>
  inSandbox(async ({ database }) => {
    // tgtype: 4 is insert, 8 delete, 16 update.
    const announced = await database.statement<{ name: string; events: number }>(
      "",
      `select c.relname as name, bit_or(t.tgtype & 28)::int as events from pg_trigger t
        join pg_class c on c.oid = t.tgrelid where t.tgfoid = 'guard.announce'::regproc group by 1 order by 1`,
      [],
    );
    const declared = Object.values(decisive).map(({ table, created }) => ({ name: table, events: created ? 28 : 24 }));
    expect(declared.toSorted((one, other) => (one.name < other.name ? -1 : 1))).toEqual(announced);
  }));

test("what creates a member within another change raises it too; what merely begins doesn't", () => {
  expect(["organization.created", "invitation.accepted"].filter((action) => !decides(action as never))).toEqual([]);
  const harmless = ["session.created", "user.created", "apiKey.created", "project.deleted", "invitation.created"];
  expect(harmless.filter((action) => decides(action as never))).toEqual([]);
});

/** How often a call raises the fence. */
async function fences({ deps }: Service, call: () => Promise<{ status: number }>) {
  const { verifier } = deps;
  const fence = verifier.fence.bind(verifier);
  let raised = 0;
  verifier.fence = () => (raised++, fence());
  try {
    const { status } = await call();
    return { status, raised: raised > 0 };
  } finally {
    verifier.fence = fence;
  }
}

const signIn = ({ anonymous }: Service, email: string, given = password) =>
  anonymous.post("/api/auth/sign-in/email", { email, password: given });

const deciding: Record<string, (service: Service, ada: Actor, root: Actor) => Promise<{ status: number }>> = {
  "PATCH /v1/me": (_, ada) => ada.patch("/v1/me", { name: "Ada L." }),
  "DELETE /v1/me": (_, ada) => ada.delete("/v1/me", { password }),
  "DELETE /v1/me/sessions": async (service, ada) => {
    await signIn(service, ada.email);
    return ada.delete("/v1/me/sessions");
  },
  "DELETE /v1/me/sessions/{id}": async (_, ada) => {
    const { data } = (await ada.get("/v1/me/sessions")).body as { data: { id: string }[] };
    return ada.delete(`/v1/me/sessions/${data[0]?.id}`);
  },
  "POST /v1/orgs, which is active then": (_, ada) => ada.post("/v1/orgs", { name: "Acme" }),
  "better-auth's set-active": async (service, ada) => {
    await service.organization(ada);
    return ada.post("/api/auth/organization/set-active", { organizationId: null });
  },
  "better-auth's update-user": (_, ada) => ada.post("/api/auth/update-user", { name: "Ada L." }),
  "better-auth's sign-out": (_, ada) => ada.post("/api/auth/sign-out"),
  "a ban": (_, ada, root) => root.post(`/v1/admin/users/${ada.userId}/ban`, {}),
  "the end of a user's sessions by an administrator": (_, ada, root) =>
    root.delete(`/v1/admin/users/${ada.userId}/sessions`),
  "the deletion of a user by an administrator": (_, ada, root) => root.delete(`/v1/admin/users/${ada.userId}`),
};

async function people(service: Service) {
  return { root: await service.signUp({ administrator: true }), ada: await service.signUp() };
}

test.each(Object.keys(deciding))("%s raises the fence, so that the next answer is the new one", (name) =>
  inSandbox(async (service) => {
    const { root, ada } = await people(service);
    const { status, raised } = await fences(service, () => deciding[name]!(service, ada, root));
    expect([status < 300, raised]).toEqual([true, true]);
  }),
);

test("a sign-in, a refusal and a change of nothing raise no fence: strangers can't keep the cache empty", () =>
  inSandbox(async (service) => {
    const { ada } = await people(service);
    const calls = {
      signIn: () => signIn(service, ada.email),
      wrongPassword: () => signIn(service, ada.email, "not the password"),
      stranger: () => service.anonymous.post("/api/auth/sign-out"),
      otherVersion: () => ada.patch("/v1/me", { name: "B" }, { "if-match": '"old"' }),
      sameName: async () => {
        const { principal } = (await ada.get("/v1/me")).body as { principal: { name: string } };
        return ada.patch("/v1/me", { name: principal.name });
      },
    };
    const raised: string[] = [];
    for (const [name, call] of Object.entries(calls)) if ((await fences(service, call)).raised) raised.push(name);
    expect(raised).toEqual([]);
  }));
