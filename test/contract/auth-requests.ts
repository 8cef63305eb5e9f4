import { authRoutes } from "../../src/auth/mount/routes.ts";
import type { Actor } from "../harness/actor.ts";
import type { Organization, Service } from "../harness/app.ts";
import { sqlOf } from "../harness/sql.ts";
import { authenticator } from "../harness/authenticator.ts";
import { mailedCode } from "../harness/email-code.ts";
import { mailedSecret } from "../harness/mails.ts";
import { assertion, registered, registration } from "../harness/passkeys.ts";
import { withoutAccount } from "../harness/without-account.ts";
import { begun, enrolled, holding } from "../harness/two-factor.ts";

/** A valid request to one of better-auth's routes. */
export type AuthRequest = {
  who: Actor;
  body?: Record<string, unknown>;
  /** Follows the route's path. */
  query?: string;
};

/** Who and what the requests are about. */
export type Stage = {
  service: Service;
  organization: Organization;
  administrator: Actor;
  sql: <R = unknown>(text: string, ...values: unknown[]) => Promise<R[]>;
};

const password = "correct horse battery";

export async function openStage(service: Service): Promise<Stage> {
  const organization = await service.organization();
  const administrator = await service.signUp({ administrator: true });
  await service.signUp({ administrator: true });
  return { service, organization, administrator, sql: sqlOf(service) };
}

const somebody = async ({ service }: Stage, body?: AuthRequest["body"]): Promise<AuthRequest> => ({
  who: await service.signUp(),
  ...(body ? { body } : {}),
});

const asAdministrator =
  (fields: (user: Actor, stage: Stage) => Record<string, unknown> | Promise<Record<string, unknown>>) =>
  async (stage: Stage): Promise<AuthRequest> => ({
    who: stage.administrator,
    body: await fields(await stage.service.signUp(), stage),
  });

const asOwner =
  (fields: (stage: Stage) => Record<string, unknown> | Promise<Record<string, unknown>>) =>
  async (stage: Stage): Promise<AuthRequest> => ({
    who: stage.organization.owner,
    body: { organizationId: stage.organization.id, ...(await fields(stage)) },
  });

const reading =
  (query: (stage: Stage) => string | Promise<string>) =>
  async (stage: Stage): Promise<AuthRequest> => ({
    who: stage.organization.owner,
    query: await query(stage),
  });

const ofOrganization = reading(({ organization: { id } }) => `?organizationId=${id}`);

async function resetToken({ service }: Stage, who: Actor): Promise<string> {
  await who.post("/api/auth/request-password-reset", { email: who.email, redirectTo: "/" });
  return mailedSecret(service, who.email);
}

async function tokenOf({ sql }: Stage, { userId }: Actor): Promise<string> {
  const [row] = await sql<{ token: string }>(`select token from "session" where user_id = $1 limit 1`, userId);
  return row?.token ?? "";
}

async function member(stage: Stage): Promise<{ who: Actor; memberId: string }> {
  const who = await stage.organization.join("member");
  const [row] = await stage.sql<{ id: string }>(`select id from "member" where user_id = $1`, who.userId);
  return { who, memberId: row?.id ?? "" };
}

async function invited(stage: Stage): Promise<{ who: Actor; invitationId: string }> {
  const { organization, service } = stage;
  const who = await service.signUp({ verified: true });
  const body = { email: who.email, role: "member", organizationId: organization.id };
  const { body: made } = await organization.owner.post("/api/auth/organization/invite-member", body);
  return { who, invitationId: (made as { id: string }).id };
}

let last = 0;
const roleName = () => `role-${++last}`;

async function role({ organization }: Stage): Promise<string> {
  const name = roleName();
  const body = { role: name, permission: { project: ["read"] }, organizationId: organization.id };
  await organization.owner.post("/api/auth/organization/create-role", body);
  return name;
}

async function key({ organization }: Stage): Promise<string> {
  const body = { name: "A key", permissions: ["project:read"] };
  const answer = await organization.owner.post(`/v1/orgs/${organization.id}/api-keys`, body);
  return (answer.body as { id: string }).id;
}

async function mailedInvitation({ service, organization }: Stage) {
  const email = `guest-${Bun.randomUUIDv7()}@example.com`;
  const { body } = await organization.owner.post(`/v1/orgs/${organization.id}/invitations`, { email });
  return { invitationId: (body as { id: string }).id, secret: mailedSecret(service, email), email };
}

async function asInvited(stage: Stage): Promise<AuthRequest> {
  const { who, invitationId } = await invited(stage);
  return { who, body: { invitationId } };
}

async function withSecondFactor({ service }: Stage): Promise<AuthRequest> {
  const { cookie } = await enrolled(service);
  return { who: holding(service, cookie), body: { password } };
}

/** A valid request to each route, made from what it needs; by the route's key in the table. */
export const authRequests: Readonly<Record<string, (stage: Stage) => Promise<AuthRequest>>> = {
  "POST /sign-in/email": async ({ service }) => {
    const { email } = await service.signUp();
    return { who: service.anonymous, body: { email, password } };
  },
  "POST /sign-up/email": async ({ service }) => ({
    who: service.anonymous,
    body: { email: `user-${Bun.randomUUIDv7()}@example.com`, name: "New", password },
  }),
  "POST /sign-up/invitation": async (stage) => {
    const { invitationId, secret } = await mailedInvitation(stage);
    return { who: stage.service.anonymous, body: { invitationId, secret } };
  },
  "POST /sign-up/invited": async (stage) => ({
    who: stage.service.anonymous,
    body: { ...(await mailedInvitation(stage)), name: "Guest", password },
  }),
  "POST /sign-in/anonymous": async ({ service }) => ({ who: service.anonymous }),
  "POST /delete-anonymous-user": async ({ service }) => ({ who: await withoutAccount(service) }),
  "POST /sign-out": (stage) => somebody(stage),
  "GET /get-session": async (stage) => {
    const request = await somebody(stage);
    // So close to its end that it is prolonged.
    const soon = `update "session" set expires_at = now() + interval '1 hour' where user_id = $1`;
    await stage.sql(soon, request.who.userId);
    return request;
  },
  "GET /list-sessions": (stage) => somebody(stage),
  "POST /revoke-session": async (stage) => {
    const { who } = await somebody(stage);
    return { who, body: { token: await tokenOf(stage, who) } };
  },
  "POST /revoke-sessions": (stage) => somebody(stage),
  "POST /revoke-other-sessions": async (stage) => {
    const { who } = await somebody(stage);
    await stage.service.anonymous.post("/api/auth/sign-in/email", { email: who.email, password });
    return { who };
  },
  "POST /request-password-reset": async (stage) => {
    const { who } = await somebody(stage);
    return { who, body: { email: who.email, redirectTo: "/" } };
  },
  "POST /reset-password": async (stage) => {
    const { who } = await somebody(stage);
    return { who, body: { token: await resetToken(stage, who), newPassword: "a new password" } };
  },
  "POST /change-password": (stage) =>
    somebody(stage, { currentPassword: password, newPassword: "a new password", revokeOtherSessions: true }),
  "POST /verify-password": (stage) => somebody(stage, { password }),
  "POST /send-verification-email": async (stage) => {
    const { who } = await somebody(stage);
    return { who, body: { email: who.email } };
  },
  "POST /verify-email": async ({ service }) => {
    const { email } = await service.signUp();
    await service.anonymous.post("/api/auth/send-verification-email", { email });
    return { who: service.anonymous, body: { token: mailedSecret(service, email), password } };
  },
  "POST /change-email": (stage) => somebody(stage, { newEmail: `new-${Bun.randomUUIDv7()}@example.com` }),
  "POST /update-user": (stage) => somebody(stage, { name: "Renamed" }),
  "POST /delete-user": (stage) => somebody(stage, { password }),
  "GET /list-accounts": (stage) => somebody(stage),
  "GET /passkey/generate-register-options": (stage) => somebody(stage),
  "POST /passkey/verify-registration": async ({ service }) =>
    registration(service, (await service.signUp()).cookie, authenticator()),
  "GET /passkey/generate-authenticate-options": async ({ service }) => ({ who: service.anonymous }),
  "POST /passkey/verify-authentication": async ({ service }) => assertion(service, (await registered(service)).device),
  "GET /passkey/list-user-passkeys": async ({ service }) => ({ who: (await registered(service)).who }),
  "POST /passkey/delete-passkey": async ({ service }) => {
    const { who, id } = await registered(service);
    return { who, body: { id } };
  },
  "POST /passkey/update-passkey": async ({ service }) => {
    const { who, id } = await registered(service);
    return { who, body: { id, name: "Renamed" } };
  },
  "POST /sign-in/magic-link": async ({ service }) => {
    const { email } = await service.signUp();
    return { who: service.anonymous, body: { email } };
  },
  "POST /magic-link/verify": async ({ service }) => {
    const { email } = await service.signUp();
    await service.anonymous.post("/api/auth/sign-in/magic-link", { email });
    return { who: service.anonymous, body: { token: mailedSecret(service, email) } };
  },
  "POST /email-otp/send-verification-otp": async ({ service }) => {
    const { email } = await service.signUp();
    return { who: service.anonymous, body: { email, type: "sign-in" } };
  },
  "POST /sign-in/email-otp": async ({ service }) => {
    const { email } = await service.signUp();
    return { who: service.anonymous, body: { email, otp: await mailedCode(service, email) } };
  },
  "POST /two-factor/enable": (stage) => somebody(stage, { password }),
  "POST /two-factor/verify-totp": async ({ service }) => {
    const { who, code } = await begun(service);
    return { who, body: { code: await code() } };
  },
  "POST /two-factor/verify-backup-code": async ({ service }) => {
    const { cookie, backupCodes } = await enrolled(service);
    return { who: holding(service, cookie), body: { code: backupCodes[0] } };
  },
  "POST /two-factor/get-totp-uri": withSecondFactor,
  "POST /two-factor/generate-backup-codes": withSecondFactor,
  "POST /two-factor/disable": withSecondFactor,
  "GET /token": (stage) => somebody(stage),
  "GET /jwks": (stage) => somebody(stage),
  "GET /ok": (stage) => somebody(stage),

  "POST /admin/create-user": asAdministrator(() => ({
    email: `made-${Bun.randomUUIDv7()}@example.com`,
    name: "Made",
    password,
    role: "user",
  })),
  "POST /admin/set-user-password": asAdministrator(({ userId }) => ({ userId, newPassword: "a new password" })),
  "POST /admin/remove-user": asAdministrator(({ userId }) => ({ userId })),
  "GET /admin/get-user": async (stage) => ({
    who: stage.administrator,
    query: `?id=${stage.administrator.userId}`,
  }),
  "GET /admin/list-users": async ({ administrator }) => ({ who: administrator, query: "?limit=2" }),
  "POST /admin/update-user": asAdministrator(({ userId }) => ({ userId, data: { name: "Renamed" } })),
  "POST /admin/set-role": asAdministrator(({ userId }) => ({ userId, role: "admin" })),
  "POST /admin/ban-user": asAdministrator(({ userId }) => ({ userId, banReason: "spam" })),
  "POST /admin/unban-user": asAdministrator(({ userId }) => ({ userId })),
  "POST /admin/list-user-sessions": asAdministrator(({ userId }) => ({ userId })),
  "POST /admin/revoke-user-session": asAdministrator(async (user, stage) => ({
    sessionToken: await tokenOf(stage, user),
  })),
  "POST /admin/revoke-user-sessions": asAdministrator(({ userId }) => ({ userId })),
  "POST /admin/impersonate-user": asAdministrator(({ userId }) => ({ userId })),
  "POST /admin/stop-impersonating": async (stage) => {
    const { service, administrator } = stage;
    const { userId } = await service.signUp();
    const answer = await administrator.post("/api/auth/admin/impersonate-user", { userId });
    const cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(";")[0] ?? "")
      .filter((pair) => !pair.endsWith("="))
      .join("; ");
    const post: Actor["post"] = (path, body, headers) => service.anonymous.post(path, body, { cookie, ...headers });
    const request: Actor["request"] = (method, path, init = {}) =>
      service.anonymous.request(method, path, { ...init, headers: { cookie, ...init.headers } });
    return { who: { ...service.anonymous, cookie, post, request } };
  },
  "POST /admin/has-permission": asAdministrator(() => ({ permissions: { user: ["list"] } })),

  "POST /organization/create": (stage) => somebody(stage, { name: "New", slug: `new-${++last}` }),
  "POST /organization/update": asOwner(() => ({ data: { name: "Renamed" } })),
  "POST /organization/delete": async (stage) => {
    const { id, owner } = await stage.service.organization();
    return { who: owner, body: { organizationId: id } };
  },
  "POST /organization/set-active": asOwner(() => ({})),
  "POST /organization/check-slug": asOwner(() => ({ slug: "nobody-has-it" })),
  "GET /organization/list": ofOrganization,
  "GET /organization/get-organization": ofOrganization,
  "GET /organization/get-full-organization": ofOrganization,
  "POST /organization/has-permission": asOwner(() => ({ permissions: { project: ["read"] } })),
  "GET /organization/get-active-member": ofOrganization,
  "GET /organization/get-active-member-role": ofOrganization,
  "GET /organization/list-members": ofOrganization,
  "POST /organization/remove-member": asOwner(async (stage) => ({ memberIdOrEmail: (await member(stage)).memberId })),
  "POST /organization/update-member-role": asOwner(async (stage) => ({
    memberId: (await member(stage)).memberId,
    role: "admin",
  })),
  "POST /organization/leave": async (stage) => ({
    who: (await member(stage)).who,
    body: { organizationId: stage.organization.id },
  }),
  "POST /organization/invite-member": asOwner(() => ({
    email: `guest-${Bun.randomUUIDv7()}@example.com`,
    role: "member",
  })),
  "POST /organization/cancel-invitation": asOwner(async (stage) => ({
    invitationId: (await invited(stage)).invitationId,
  })),
  "POST /organization/accept-invitation": asInvited,
  "POST /organization/reject-invitation": asInvited,
  "GET /organization/get-invitation": async (stage) => {
    const { who, invitationId } = await invited(stage);
    return { who, query: `?id=${invitationId}` };
  },
  "GET /organization/list-invitations": ofOrganization,
  "GET /organization/list-user-invitations": async (stage) => ({ who: (await invited(stage)).who }),
  "POST /organization/create-role": asOwner(() => ({ role: roleName(), permission: { project: ["read"] } })),
  "POST /organization/update-role": asOwner(async (stage) => ({
    roleName: await role(stage),
    data: { permission: { project: ["read", "update"] } },
  })),
  "POST /organization/delete-role": asOwner(async (stage) => ({ roleName: await role(stage) })),
  "GET /organization/list-roles": ofOrganization,
  "GET /organization/get-role": reading(
    async (stage) => `?organizationId=${stage.organization.id}&roleName=${await role(stage)}`,
  ),

  "POST /api-key/update": async (stage) => ({
    who: stage.organization.owner,
    body: { keyId: await key(stage), name: "Renamed" },
  }),
  "POST /api-key/delete": async (stage) => ({ who: stage.organization.owner, body: { keyId: await key(stage) } }),
  "GET /api-key/get": reading(async (stage) => `?id=${await key(stage)}`),
  "GET /api-key/list": ofOrganization,
};

/** Routes that no request can succeed at, so that the reference leaves them out, or only where there is a provider. */
export const unreachable = Object.keys(authRoutes).filter(
  (key) => authRoutes[key]?.summary === undefined || authRoutes[key]?.provider,
);

/** Sends a request to the route with this key. */
export const sendTo = (key: string, { who, body, query = "" }: AuthRequest) => {
  const [method = "", path = ""] = key.split(" ");
  const sent = { body: JSON.stringify(body ?? {}), headers: { "content-type": "application/json" } };
  return who.request(method, `/api/auth${path.replace(/:\w+$/, "")}${query}`, method === "POST" ? sent : {});
};

/** As much of a zod schema as tests need. */
export type Schema = {
  shape?: Record<string, Schema>;
  def?: { innerType?: Schema; in?: Schema; left?: Schema; right?: Schema; options?: Schema[] };
};
/** The fields of an object's schema, and of the objects in it. */
export function fieldsOf(schema: Schema | undefined): Record<string, Schema> {
  if (schema === undefined) return {};
  if (schema.shape) return schema.shape;
  const { innerType, in: input, left, right, options = [] } = schema.def ?? {};
  return Object.assign({}, ...[innerType, input, left, right, ...options].map(fieldsOf)) as Record<string, Schema>;
}
