/** What earlier answers gave that later requests need; each side has its own. */
export type Kept = Record<string, string>;

type Sent = { body?: unknown; raw?: string; headers?: Record<string, string>; as?: string };
/** The method `FOLLOW` is what each side does with a mailed link, which differs; its answer isn't compared. */
export type Step = [name: string, method: string, path: string | ((kept: Kept) => string), sent?: (kept: Kept) => Sent];

const spa = "https://spa.example";
const password = "correct horse battery";

const ada = (body?: unknown): Sent => ({ as: "ada", ...(body === undefined ? {} : { body }) });
const ben = (body?: unknown): Sent => ({ as: "ben", ...(body === undefined ? {} : { body }) });
const signUp = (name: string) => ({ email: `${name}@example.com`, password, name });
const path = (route: string) => `/api/auth${route}`;
const form = { "content-type": "application/x-www-form-urlencoded" };

/** What people do through better-auth's routes, rightly and wrongly, in an order in which each step is of use. */
export const script: Step[] = [
  ["a probe", "GET", path("/ok")],
  ["no session", "GET", path("/get-session")],
  ["sign-up", "POST", path("/sign-up/email"), () => ada(signUp("ada"))],
  ["the session of who signed up", "GET", path("/get-session"), () => ada()],
  ["a mailed link", "FOLLOW", ({ link }) => link ?? "", () => ada()],
  ["a verified session", "GET", path("/get-session"), () => ada()],
  ["sign-up, address taken", "POST", path("/sign-up/email"), () => ({ body: signUp("ada") })],
  ["sign-up, short password", "POST", path("/sign-up/email"), () => ({ body: { ...signUp("x"), password: "short" } })],
  ["sign-up, no address", "POST", path("/sign-up/email"), () => ({ body: { ...signUp("x"), email: "nowhere" } })],
  ["sign-up, fields missing", "POST", path("/sign-up/email"), () => ({ body: {} })],
  ["sign-up as an administrator", "POST", path("/sign-up/email"), () => ({ body: { ...signUp("x"), role: "admin" } })],
  [
    "sign-in, wrong password",
    "POST",
    path("/sign-in/email"),
    () => ({ body: { ...signUp("ada"), password: "wrong" } }),
  ],
  ["sign-in, unknown address", "POST", path("/sign-in/email"), () => ({ body: signUp("nobody") })],
  ["sign-in by a form", "POST", path("/sign-in/email"), () => ({ raw: "email=ada%40example.com", headers: form })],
  [
    "sign-in, not JSON",
    "POST",
    path("/sign-in/email"),
    () => ({ raw: "hello", headers: { "content-type": "text/plain" } }),
  ],
  // In a browser of its own: in that of a session, ours ends the session, which stock leaves behind.
  [
    "sign-in, kept",
    "POST",
    path("/sign-in/email"),
    () => ({ as: "ada elsewhere", body: { ...signUp("ada"), rememberMe: true } }),
  ],
  ["sign-in, not kept", "POST", path("/sign-in/email"), () => ({ body: { ...signUp("ada"), rememberMe: false } })],
  [
    "a kept session as a Bearer",
    "GET",
    path("/get-session"),
    ({ token }) => ({ headers: { authorization: `Bearer ${token}` } }),
  ],
  [
    "a Bearer that is no session",
    "GET",
    path("/get-session"),
    () => ({ headers: { authorization: "Bearer nonsense" } }),
  ],
  ["a forged cookie", "GET", path("/get-session"), () => ({ headers: { cookie: "better-auth.session_token=a.b" } })],
  ["sessions", "GET", path("/list-sessions"), () => ada()],
  ["accounts", "GET", path("/list-accounts"), () => ada()],
  ["update-user", "POST", path("/update-user"), () => ada({ name: "Ada L." })],
  ["update-user, a role", "POST", path("/update-user"), () => ada({ role: "admin" })],
  ["update-user, nothing", "POST", path("/update-user"), () => ada({})],
  ["update-user, signed out", "POST", path("/update-user"), () => ({ body: { name: "Nobody" } })],
  [
    "a foreign origin",
    "POST",
    path("/update-user"),
    () => ({ ...ada({ name: "x" }), headers: { origin: "https://evil.example" } }),
  ],
  ["no origin", "POST", path("/update-user"), () => ({ ...ada({ name: "x" }), headers: { origin: "" } })],
  ["a trusted origin", "POST", path("/update-user"), () => ({ ...ada({ name: "Ada" }), headers: { origin: spa } })],
  [
    "a callback elsewhere",
    "POST",
    path("/sign-in/email"),
    () => ada({ ...signUp("ada"), callbackURL: "https://evil.example" }),
  ],
  ["no organization", "GET", path("/organization/get-full-organization"), () => ada()],
  ["organization", "POST", path("/organization/create"), () => ada({ name: "Acme", slug: "acme" })],
  ["organization, slug taken", "POST", path("/organization/create"), () => ada({ name: "Acme", slug: "acme" })],
  ["organization, bad slug", "POST", path("/organization/create"), () => ada({ name: "Acme", slug: "A b" })],
  ["slug taken", "POST", path("/organization/check-slug"), () => ada({ slug: "acme" })],
  ["organizations", "GET", path("/organization/list"), () => ada()],
  ["set active", "POST", path("/organization/set-active"), ({ org }) => ada({ organizationId: org })],
  ["full organization", "GET", path("/organization/get-full-organization"), () => ada()],
  ["update organization", "POST", path("/organization/update"), () => ada({ data: { name: "Acme Inc" } })],
  ["invite", "POST", path("/organization/invite-member"), () => ada({ email: "ben@example.com", role: "member" })],
  [
    "invite twice",
    "POST",
    path("/organization/invite-member"),
    () => ada({ email: "ben@example.com", role: "member" }),
  ],
  [
    "invite, no such role",
    "POST",
    path("/organization/invite-member"),
    () => ada({ email: "c@example.com", role: "king" }),
  ],
  ["invitations", "GET", path("/organization/list-invitations"), () => ada()],
  ["second sign-up", "POST", path("/sign-up/email"), () => ben(signUp("ben"))],
  [
    "stranger's look",
    "GET",
    ({ org }) => path(`/organization/get-full-organization?organizationId=${org}`),
    () => ben(),
  ],
  [
    "accept, not verified",
    "POST",
    path("/organization/accept-invitation"),
    ({ invitation }) => ben({ invitationId: invitation }),
  ],
  ["second mailed link", "FOLLOW", ({ link }) => link ?? "", () => ben()],
  ["accept", "POST", path("/organization/accept-invitation"), ({ invitation }) => ben({ invitationId: invitation })],
  [
    "accept twice",
    "POST",
    path("/organization/accept-invitation"),
    ({ invitation }) => ben({ invitationId: invitation }),
  ],
  ["members", "GET", path("/organization/list-members"), () => ada()],
  ["active member", "GET", path("/organization/get-active-member"), () => ben()],
  ["may", "POST", path("/organization/has-permission"), () => ada({ permissions: { project: ["delete"] } })],
  ["may not", "POST", path("/organization/has-permission"), () => ben({ permissions: { organization: ["delete"] } })],
  [
    "member invites",
    "POST",
    path("/organization/invite-member"),
    () => ben({ email: "c@example.com", role: "member" }),
  ],
  [
    "member makes owner",
    "POST",
    path("/organization/update-member-role"),
    ({ member }) => ben({ memberId: member, role: "owner" }),
  ],
  [
    "promote",
    "POST",
    path("/organization/update-member-role"),
    ({ member }) => ada({ memberId: member, role: "admin" }),
  ],
  ["only owner leaves", "POST", path("/organization/leave"), ({ org }) => ada({ organizationId: org })],
  [
    "only owner steps down",
    "POST",
    path("/organization/update-member-role"),
    ({ owner }) => ada({ memberId: owner, role: "member" }),
  ],
  ["remove", "POST", path("/organization/remove-member"), ({ member }) => ada({ memberIdOrEmail: member ?? "" })],
  ["remove twice", "POST", path("/organization/remove-member"), ({ member }) => ada({ memberIdOrEmail: member ?? "" })],
  ["the removed's organizations", "GET", path("/organization/list"), () => ben()],
  ["JWT", "GET", path("/token"), () => ada()],
  ["JWT, signed out", "GET", path("/token")],
  ["JWKS", "GET", path("/jwks")],
  ["users, no administrator", "GET", path("/admin/list-users"), () => ada()],
  ["ban, no administrator", "POST", path("/admin/ban-user"), () => ada({ userId: "x" })],
  [
    "forgotten password",
    "POST",
    path("/request-password-reset"),
    () => ({ body: { email: "ben@example.com", redirectTo: "/reset" } }),
  ],
  [
    "forgotten password, unknown",
    "POST",
    path("/request-password-reset"),
    () => ({ body: { email: "z@example.com", redirectTo: "/reset" } }),
  ],
  [
    "reset by a wrong token",
    "POST",
    path("/reset-password"),
    () => ({ body: { newPassword: password, token: "wrong" } }),
  ],
  [
    "change password, wrong",
    "POST",
    path("/change-password"),
    () => ada({ currentPassword: "wrong", newPassword: password }),
  ],
  [
    "change password",
    "POST",
    path("/change-password"),
    () => ada({ currentPassword: password, newPassword: `${password}!`, revokeOtherSessions: true }),
  ],
  ["other sessions", "POST", path("/revoke-other-sessions"), () => ada({})],
  ["delete organization", "POST", path("/organization/delete"), ({ org }) => ada({ organizationId: org })],
  ["sign-out", "POST", path("/sign-out"), () => ada({})],
  ["sign-out twice", "POST", path("/sign-out"), () => ada({})],
  ["after sign-out", "GET", path("/get-session"), () => ada()],
  ["delete account", "POST", path("/delete-user"), () => ben({ password })],
  ["an unknown path", "GET", path("/nothing-here")],
  ["a wrong method", "GET", path("/sign-in/email")],
  ["an error page", "GET", path("/error?error=state_mismatch")],
];
