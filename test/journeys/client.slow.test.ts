import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createAuthClient } from "better-auth/client";
import { adminClient, jwtClient, organizationClient } from "better-auth/client/plugins";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { type CookieJar, cookieJar } from "../harness/cookies.ts";
import { openPlace, type Place } from "../harness/place.ts";
import { type ServiceProcess, startService } from "../harness/process.ts";
import { linkIn, type MailSink, openMailSink } from "../harness/smtp.ts";

const password = "correct horse battery";

let place: Place;
let mail: MailSink;
let service: ServiceProcess;

const start = () => startService({ env: { ...place.env, SMTP_URL: mail.url, PORT: String(service?.port ?? 0) } });

beforeAll(async () => {
  [place, mail] = await Promise.all([openPlace(), openMailSink()]);
  service = await start();
});

afterAll(async () => {
  await service?.[Symbol.asyncDispose]();
  await Promise.all([place?.[Symbol.asyncDispose](), mail?.[Symbol.asyncDispose]()]);
});

/** The official client, told nothing but the base URL; the fetch around it is what a browser adds. */
function browser(fetchOptions: { auth?: { type: "Bearer"; token: string } } = {}) {
  const jar = cookieJar(service.url);
  const client = createAuthClient({
    baseURL: service.url,
    plugins: [organizationClient(), jwtClient(), adminClient()],
    fetchOptions: { customFetchImpl: jar.fetch, ...fetchOptions },
  });
  return { jar, client };
}

type Browser = ReturnType<typeof browser>;

const newAddress = () => `${Bun.randomUUIDv7()}@example.com`;

async function signedUp(name: string, email = newAddress()): Promise<Browser & { email: string; id: string }> {
  const { jar, client } = browser();
  const { user } = ok(await client.signUp.email({ email, password, name }));
  return { jar, client, email, id: user.id };
}

/** What the client got. Fails the test with the service's words when it was refused. */
function ok<T>({ data, error }: { data: T; error: unknown }): NonNullable<T> {
  expect(error).toBeNull();
  return data as NonNullable<T>;
}

async function confirmAddress(jar: CookieJar, email: string): Promise<Response> {
  const token = new URL(linkIn(await mail.mail(email, "Confirm your address"))).hash.slice(1);
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ token });
  return jar.fetch(`${service.url}/api/auth/verify-email`, { method: "POST", headers, body });
}

/** A member of a new organization of `owner`'s, invited by mail. */
async function joined(owner: Browser, organizationId: string, role: "admin" | "member") {
  const email = newAddress();
  ok(await owner.client.organization.inviteMember({ email, role, organizationId }));
  const { pathname } = new URL(linkIn(await mail.mail(email, "Invitation to")));
  const invited = await signedUp("Invited", email);
  await confirmAddress(invited.jar, email);
  const accepted = ok(
    await invited.client.organization.acceptInvitation({ invitationId: pathname.slice(pathname.lastIndexOf("/") + 1) }),
  );
  return { ...invited, memberId: accepted.member.id };
}

describe("the official client, with nothing but the base URL", () => {
  test("signs up, is signed in, signs out, and signs in again", async () => {
    const { client, jar, email } = await signedUp("Ada");
    expect(ok(await client.getSession()).user).toMatchObject({ email, name: "Ada", emailVerified: false });
    ok(await client.signOut());
    expect((await client.getSession()).data).toBeNull();
    expect(jar.cookies.size).toBe(0);
    const wrong = await client.signIn.email({ email, password: "wrong horse battery" });
    expect(wrong.error).toMatchObject({ status: 401, code: "INVALID_EMAIL_OR_PASSWORD" });
    ok(await client.signIn.email({ email, password }));
    expect(ok(await client.getSession()).user.email).toBe(email);
  });

  test("verifies an address by the mailed link, once its token is sent and not before", async () => {
    const { client, jar, email } = await signedUp("Ben");
    expect(ok(await client.getSession()).user.emailVerified).toBeFalse();
    expect((await confirmAddress(jar, email)).status).toBe(200);
    expect(ok(await client.getSession()).user.emailVerified).toBeTrue();
  });

  test("sets a new password by the mailed link, which ends every session and works once", async () => {
    const { client, email } = await signedUp("Cem");
    ok(await browser().client.requestPasswordReset({ email, redirectTo: "/reset" }));
    const link = new URL(linkIn(await mail.mail(email, "Choose a new password")));
    expect([link.pathname, link.searchParams.get("return_to")]).toEqual(["/auth/reset", "/reset"]);
    const token = link.hash.slice(1);
    const newPassword = "battery horse correct";
    ok(await browser().client.resetPassword({ newPassword, token }));
    expect((await client.getSession()).data).toBeNull();
    const again = await browser().client.resetPassword({ newPassword: "yet another password", token });
    expect(again.error).toMatchObject({ status: 400, code: "INVALID_TOKEN" });
    expect((await client.signIn.email({ email, password })).error?.status).toBe(401);
    ok(await client.signIn.email({ email, password: newPassword }));
  });

  test("creates and activates an organization, invites by mail, lists, changes a role, removes, leaves", async () => {
    const owner = await signedUp("Dora");
    const slug = `org-${Bun.randomUUIDv7().slice(-12)}`;
    const created = ok(await owner.client.organization.create({ name: "Dora's", slug }));
    ok(await owner.client.organization.setActive({ organizationId: created.id }));
    expect(ok(await owner.client.getSession()).session.activeOrganizationId).toBe(created.id);

    const admin = await joined(owner, created.id, "admin");
    const member = await joined(owner, created.id, "member");
    const listed = ok(await owner.client.organization.listMembers({ query: { organizationId: created.id } }));
    const roles = Object.fromEntries(listed.members.map(({ userId, role }) => [userId, role]));
    expect(roles).toEqual({ [owner.id]: "owner", [admin.id]: "admin", [member.id]: "member" });

    const { memberId } = member;
    ok(await admin.client.organization.updateMemberRole({ memberId, role: "admin", organizationId: created.id }));
    ok(await admin.client.organization.removeMember({ memberIdOrEmail: memberId, organizationId: created.id }));
    expect(ok(await member.client.organization.list())).toEqual([]);
    ok(await admin.client.organization.leave({ organizationId: created.id }));
    const full = ok(await owner.client.organization.getFullOrganization({ query: { organizationId: created.id } }));
    expect(full.members.map(({ userId }) => userId)).toEqual([owner.id]);
    const alone = await owner.client.organization.leave({ organizationId: created.id });
    expect(alone.error?.code).toBe("YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER");
  });

  test("403 for an invitation accepted from an address that isn't verified, or by somebody else", async () => {
    const owner = await signedUp("Eva");
    const { id } = ok(
      await owner.client.organization.create({ name: "Eva's", slug: `org-${Bun.randomUUIDv7().slice(-12)}` }),
    );
    const email = newAddress();
    const { id: invitationId } = ok(
      await owner.client.organization.inviteMember({ email, role: "member", organizationId: id }),
    );
    const stranger = await signedUp("Stranger");
    await confirmAddress(stranger.jar, stranger.email);
    expect((await stranger.client.organization.acceptInvitation({ invitationId })).error).toMatchObject({
      status: 403,
      code: "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION",
    });
    const invited = await signedUp("Invited", email);
    expect((await invited.client.organization.acceptInvitation({ invitationId })).error).toMatchObject({
      status: 403,
      code: "EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION",
    });
  });

  test("token() gives a JWT that is verified offline by the published keys, and holds ids only", async () => {
    const { client, id } = await signedUp("Fay");
    const { token } = ok(await client.token());
    const keys = (await (await fetch(`${service.url}/api/auth/jwks`)).json()) as JSONWebKeySet;
    const verified = await jwtVerify(token, createLocalJWKSet(keys), { issuer: service.url, audience: service.url });
    const { session } = ok(await client.getSession());
    const { iat, exp, ...claims } = verified.payload;
    expect(claims).toEqual({ sub: id, sid: session.id, org: null, iss: service.url, aud: service.url } as never);
    expect((exp ?? 0) - (iat ?? 0)).toBe(300);
  });

  test("a signed token from set-auth-token works as a Bearer token where there are no cookies; raw it doesn't", async () => {
    const email = newAddress();
    let token = "";
    ok(
      await browser().client.signUp.email(
        { email, password, name: "Gus" },
        { onSuccess: ({ response }) => void (token = response.headers.get("set-auth-token") ?? "") },
      ),
    );
    expect(ok(await browser({ auth: { type: "Bearer", token } }).client.getSession()).user.email).toBe(email);
    const [raw = ""] = token.split(".");
    expect(raw).toMatch(/^\w{32}$/);
    expect((await browser({ auth: { type: "Bearer", token: raw } }).client.getSession()).data).toBeNull();
  });

  test("an administrator, made by SQL, lists and bans; the banned are out at once and can't sign in", async () => {
    const boss = await signedUp("Boss");
    const rude = await signedUp("Rude");
    expect((await boss.client.admin.listUsers({ query: {} })).error?.status).toBe(403);
    await service.stop();
    await place.database((database) =>
      database.statement("", `update "user" set role = 'admin' where id = $1`, [boss.id]),
    );
    service = await start();
    const { users } = ok(
      await boss.client.admin.listUsers({ query: { searchField: "email", searchValue: rude.email } }),
    );
    expect(users.map(({ id }) => id)).toEqual([rude.id]);
    ok(await boss.client.admin.banUser({ userId: rude.id, banReason: "rude" }));
    expect((await rude.client.getSession()).data).toBeNull();
    expect((await rude.client.signIn.email({ email: rude.email, password })).error).toMatchObject({
      status: 403,
      code: "BANNED_USER",
    });
    ok(await boss.client.admin.unbanUser({ userId: rude.id }));
    ok(await rude.client.signIn.email({ email: rude.email, password }));
  });
});
