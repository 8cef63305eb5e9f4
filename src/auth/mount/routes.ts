import {
  type AccessRule,
  asking,
  askingOfKeys,
  bySlug,
  correcting,
  ofInvitation,
  ofKey,
  ownRoleOnly,
  permissionDecision,
  refuseResend,
  withoutHidden,
} from "../guard/access-rules.ts";
import type { LimitRule } from "../../core/rate-limit.ts";
import { mailRules } from "../../mail/limits.ts";

/** What this service knows about one of better-auth's routes. A route that isn't in the table is answered 404. */
export type AuthRoute = {
  /** Answered 404. The text says what does it instead. */
  disabled?: string;
  /** Takes a form as well as JSON. */
  form?: true;
  /** Hashes a password. `ahead`: inside its transaction, so it is done before. */
  hashes?: true | "ahead";
  /** Checks a password: of the account with the body's address, or of the session's own account. */
  guesses?: "email" | "session";
  /** Mails the body's address, at most so often. */
  mails?: LimitRule;
  /** Answers after a multiple of so many milliseconds: how long it takes doesn't say whether an account exists. */
  evenMs?: number;
  /** Writes several rows without a transaction of its own: a refusal must leave none. */
  atomic?: true;
  /** Refused while impersonating. */
  oneself?: true;
  /** Verifies an address, in a session of its account. */
  verifies?: true;
  /** What it asks of a member. */
  needs?: AccessRule;
  /** Answers that only say what to correct in the form, and nothing of any account: they don't count as requests. */
  corrects?: readonly string[];
  /** Requests from one address, in a window of seconds, where better-auth's own rule doesn't fit. */
  limit?: { max: number; window: number };
};

const access = (needs: AccessRule): AuthRoute => ({ needs });
const changing = (needs: AccessRule): AuthRoute => ({ needs, atomic: true });

const account: Record<string, AuthRoute> = {
  // A failed sign-in is counted separately, so a successful one costs nothing.
  "POST /sign-in/email": { form: true, hashes: true, guesses: "email", limit: { max: 20, window: 10 } },
  "POST /sign-up/email": {
    form: true,
    hashes: "ahead",
    mails: mailRules.signUp,
    corrects: ["VALIDATION_ERROR", "INVALID_EMAIL", "INVALID_PASSWORD", "PASSWORD_TOO_SHORT", "PASSWORD_TOO_LONG"],
  },
  "POST /sign-in/social": {},
  "GET /callback/:id": {},
  "POST /callback/:id": { form: true },
  "POST /sign-out": {},
  "GET /get-session": {},
  "POST /get-session": {},
  "POST /update-session": {},
  "GET /list-sessions": {},
  "POST /revoke-session": {},
  "POST /revoke-sessions": { atomic: true },
  "POST /revoke-other-sessions": {},
  "POST /request-password-reset": { mails: mailRules.reset, evenMs: 50 },
  "GET /reset-password/:token": {},
  "POST /reset-password": { hashes: true },
  "POST /change-password": { hashes: true, guesses: "session" },
  "POST /verify-password": { hashes: true, guesses: "session", limit: { max: 5, window: 60 } },
  "POST /send-verification-email": { mails: mailRules.verification },
  "GET /verify-email": { verifies: true, atomic: true },
  "POST /change-email": {},
  "POST /update-user": {},
  "POST /delete-user": {
    oneself: true,
    hashes: "ahead",
    guesses: "session",
    atomic: true,
    limit: { max: 5, window: 60 },
  },
  "GET /delete-user/callback": { oneself: true },
  "GET /list-accounts": {},
  "GET /account-info": {},
  "POST /link-social": {},
  "POST /unlink-account": {},
  "POST /get-access-token": {},
  "POST /refresh-token": {},
  "GET /token": {},
  "GET /jwks": {},
  "GET /ok": {},
  "GET /error": {},
};

const administration: Record<string, AuthRoute> = {
  "POST /admin/create-user": { oneself: true, hashes: true },
  "POST /admin/set-user-password": { oneself: true, hashes: true },
  "POST /admin/remove-user": { oneself: true, atomic: true },
  "GET /admin/get-user": { oneself: true },
  "GET /admin/list-users": { oneself: true },
  "POST /admin/update-user": { oneself: true },
  "POST /admin/set-role": { oneself: true },
  "POST /admin/ban-user": { oneself: true, atomic: true },
  "POST /admin/unban-user": { oneself: true },
  "POST /admin/list-user-sessions": { oneself: true },
  "POST /admin/revoke-user-session": { oneself: true },
  "POST /admin/revoke-user-sessions": { oneself: true },
  "POST /admin/impersonate-user": { oneself: true },
  "POST /admin/stop-impersonating": { atomic: true },
  "POST /admin/has-permission": { oneself: true },
};

const organizations: Record<string, AuthRoute> = {
  "POST /organization/create": { atomic: true },
  "POST /organization/update": changing(
    asking("organization:update", "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION"),
  ),
  "POST /organization/delete": changing(
    asking("organization:delete", "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION"),
  ),
  "POST /organization/set-active": {},
  "POST /organization/check-slug": {},
  "GET /organization/list": {},
  "GET /organization/get-organization": {},
  "GET /organization/get-full-organization": access(correcting(withoutHidden, bySlug)),
  "POST /organization/has-permission": access(correcting(permissionDecision)),
  "GET /organization/get-active-member": {},
  "GET /organization/get-active-member-role": access(correcting(ownRoleOnly, bySlug)),
  "GET /organization/list-members": access(
    asking("member:read", "YOU_ARE_NOT_ALLOWED_TO_ACCESS_THIS_ORGANIZATION", { organization: bySlug }),
  ),
  "POST /organization/remove-member": changing(
    asking("member:delete", "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER", { status: 401 }),
  ),
  "POST /organization/update-member-role": changing(
    asking("member:update", "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER"),
  ),
  "POST /organization/leave": { atomic: true },
  "POST /organization/invite-member": {
    ...changing(
      asking("invitation:create", "YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION", {
        further: refuseResend,
      }),
    ),
    mails: mailRules.invitation,
    oneself: true,
  },
  "POST /organization/cancel-invitation": changing(
    asking("invitation:cancel", "YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION", { organization: ofInvitation }),
  ),
  "POST /organization/accept-invitation": { atomic: true },
  "POST /organization/reject-invitation": { atomic: true },
  "GET /organization/get-invitation": {},
  "GET /organization/list-invitations": access(asking("invitation:read", "YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS")),
  "GET /organization/list-user-invitations": {},
  "POST /organization/create-role": changing(
    asking("role:create", "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE", { role: "created" }),
  ),
  "POST /organization/update-role": changing(
    asking("role:update", "YOU_ARE_NOT_ALLOWED_TO_UPDATE_A_ROLE", { role: "updated" }),
  ),
  "POST /organization/delete-role": changing(
    asking("role:delete", "YOU_ARE_NOT_ALLOWED_TO_DELETE_A_ROLE", { role: "deleted" }),
  ),
  "GET /organization/list-roles": access(asking("role:read", "YOU_ARE_NOT_ALLOWED_TO_LIST_A_ROLE")),
  "GET /organization/get-role": access(asking("role:read", "YOU_ARE_NOT_ALLOWED_TO_READ_A_ROLE")),
};

const keys: Record<string, AuthRoute> = {
  "POST /api-key/create": { disabled: "POST /v1/orgs/{org}/api-keys, which asks for permissions and an owner" },
  "POST /api-key/update": access(askingOfKeys("apiKey:update", ofKey)),
  "POST /api-key/delete": access(askingOfKeys("apiKey:delete", ofKey)),
  "GET /api-key/get": access(askingOfKeys("apiKey:read", ofKey)),
  "GET /api-key/list": access(
    askingOfKeys("apiKey:read", async (_, given) =>
      typeof given.organizationId === "string" ? given.organizationId : null,
    ),
  ),
};

/** Every route of better-auth and its plugins, by method and path. */
export const authRoutes: Readonly<Record<string, AuthRoute>> = {
  ...account,
  ...administration,
  ...organizations,
  ...keys,
};

/** The routes with a parameter, as method and segments. */
const patterns = Object.keys(authRoutes)
  .filter((key) => key.includes("/:"))
  .map((key) => ({ key, segments: key.split("/") }));

/**
 * The declaration of a request's route.
 *
 * @param path behind the base path, as it is in the URL.
 * @returns its key in the table as well; undefined where better-auth has no such route.
 */
export function routeOf(method: string, path: string): { key: string; route: AuthRoute } | undefined {
  const exact = `${method} ${path}`;
  const segments = exact.split("/");
  const fits = (pattern: readonly string[]) =>
    pattern.length === segments.length &&
    pattern.every((part, at) => (part.startsWith(":") ? segments[at] !== "" : part === segments[at]));
  const key = Object.hasOwn(authRoutes, exact) ? exact : patterns.find((pattern) => fits(pattern.segments))?.key;
  const route = key === undefined || exact.includes("/:") ? undefined : authRoutes[key];
  return key === undefined || route === undefined ? undefined : { key, route };
}
