import { apiKey } from "@better-auth/api-key";
import { queueAfterTransactionHook } from "@better-auth/core/context";
import type { DBAdapter } from "@better-auth/core/db/adapter";
import type { BetterAuthOptions } from "better-auth";
import { APIError } from "better-auth/api";
import { betterAuth } from "better-auth/minimal";
import { admin } from "better-auth/plugins/admin";
import { adminAc, userAc } from "better-auth/plugins/admin/access";
import { bearer } from "better-auth/plugins/bearer";
import { jwt, type JwtOptions } from "better-auth/plugins/jwt";
import { organization } from "better-auth/plugins/organization";
import type { Logger } from "../ops/log.ts";
import type { Catalogue } from "../core/access/permission.ts";
import { type CookiePolicy, cookiePrefix } from "../core/cookie.ts";
import { organizationSelector } from "../core/principal.ts";
import { accessControl } from "./access-control.ts";
import { refuseBeyondGrantor } from "./guard/grantor.ts";
import { senderStands } from "./guard/sender.ts";
import { authCall, currentTransaction } from "./store/auth-call.ts";
import { endOtherSessions, refuseOtherSessions } from "./guard/verification.ts";
import { describeMail, type Mailer } from "../mail/mailer.ts";
import { passwordLength, type Provider } from "../core/sign-in.ts";
import { emailCode } from "./methods/email-code.ts";
import { oidcProviders, socialProviders } from "./methods/providers.ts";
import { passkeys, type RelyingParty } from "./methods/passkey.ts";
import { secondFactor } from "./methods/two-factor.ts";
import { type RequestLimits, requestRules } from "./mount/rate-limit-storage.ts";

/** Headers that only this service sets on the way to better-auth; a client's own are overwritten. */
export const privateHeaders = { clientAddress: "x-gatehouse-client-address", requestId: "x-gatehouse-request-id" };

export const basePath = "/api/auth";

type Options = {
  baseUrl: string;
  cookies: CookiePolicy;
  secret: string;
  trustedOrigins: readonly string[];
  sessionMaxAge: number;
  sessionUpdateAge: number;
  /** better-auth's own limiter; null lifts it. */
  requests: RequestLimits | null;
  catalogue: Catalogue;
  adapter: (options: BetterAuthOptions) => DBAdapter;
  signingKeys: NonNullable<JwtOptions["adapter"]>;
  /** Whether a user is a member of an organization now. */
  isMember(userId: string, organizationId: string): Promise<boolean>;
  mailer: Mailer;
  log: Logger;
  passwords: NonNullable<NonNullable<BetterAuthOptions["emailAndPassword"]>["password"]>;
  providers: readonly Provider[];
  /** What passkeys are bound to, where they are on. */
  relyingParty: RelyingParty;
  /** The paths of the routes that begin a session by one factor. */
  beginning: ReadonlySet<string>;
};

export type Auth = ReturnType<typeof createAuth>;

/**
 * better-auth as this service runs it: every default that would depend on the environment, the request's host
 * or a stranger's header is fixed here.
 *
 * @param options.sessionMaxAge seconds; `sessionUpdateAge` likewise.
 */
export function createAuth(options: Options) {
  const { log, mailer } = options;
  const { ac, roles } = accessControl(options.catalogue.roles);
  /** Sends mail once the transaction that it is about has committed. */
  const deliver = (mail: Parameters<Mailer["send"]>[0]) =>
    queueAfterTransactionHook(() => mailer.send(mail), {
      onError: (err) => log.error({ err }, "mail could not be sent"),
    });
  return betterAuth({
    appName: "Gatehouse",
    baseURL: options.baseUrl,
    basePath,
    secret: options.secret,
    trustedOrigins: [...options.trustedOrigins],
    database: options.adapter,
    telemetry: { enabled: false },
    logger: {
      log: (level, message) =>
        log[level === "error" ? "warn" : level]({ source: "better-auth" }, message.slice(0, 300)),
    },
    onAPIError: { throw: true },
    rateLimit: {
      enabled: options.requests !== null,
      customRules: requestRules,
      ...(options.requests ? { customStorage: options.requests } : {}),
    },
    advanced: {
      database: { joins: true, generateId: () => Bun.randomUUIDv7() },
      ...cookieOptions(options.cookies),
      disableOriginCheck: false,
      disableCSRFCheck: false,
      ipAddress: { ipAddressHeaders: [privateHeaders.clientAddress] },
    },
    session: { expiresIn: options.sessionMaxAge, updateAge: options.sessionUpdateAge, cookieCache: { enabled: false } },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, url }) => deliver(describeMail.resetPassword(user.email, url)),
      password: options.passwords,
    },
    emailVerification: {
      sendOnSignUp: true,
      autoSignInAfterVerification: false,
      sendVerificationEmail: ({ user, url }) => deliver(describeMail.verifyEmail(user.email, url)),
      beforeEmailVerification: async ({ id }) => refuseOtherSessions(id),
      afterEmailVerification: ({ id }) => endOtherSessions(id),
    },
    user: { deleteUser: { enabled: true } },
    socialProviders: socialProviders(options.providers),
    // An account is joined by its address alone where both sides have verified it; within a session, by any address.
    account: { encryptOAuthTokens: true, accountLinking: { allowDifferentEmails: true } },
    plugins: [
      organization({
        ac,
        roles,
        dynamicAccessControl: { enabled: true },
        creatorRole: "owner",
        membershipLimit: Number.MAX_SAFE_INTEGER,
        invitationLimit: Number.MAX_SAFE_INTEGER,
        requireEmailVerificationOnInvitation: true,
        sendInvitationEmail: ({ email, id, organization: { name }, inviter }) =>
          deliver(describeMail.invitation(email, name, inviter.user.name, `${options.baseUrl}/invitations/${id}`)),
        organizationHooks: {
          beforeCreateOrganization: async ({ organization: { slug } }) => refuseBadSlug(slug),
          beforeCancelInvitation: async ({ invitation }) => {
            refuseClosed(invitation);
            await refuseBeyondGrantor(options.catalogue, invitation.organizationId, [invitation.role ?? ""]);
          },
          beforeAcceptInvitation: ({ invitation }) => refuseWorthless(options.catalogue, invitation),
          beforeRejectInvitation: async ({ invitation }) => refuseClosed(invitation),
          beforeUpdateOrganization: async ({ organization: { slug } }) => refuseBadSlug(slug),
          beforeCreateInvitation: ({ invitation: { organizationId, role } }) =>
            refuseBeyondGrantor(options.catalogue, organizationId, [role]),
          beforeUpdateMemberRole: ({ member, newRole }) =>
            refuseBeyondGrantor(options.catalogue, member.organizationId, [member.role, newRole]),
          beforeRemoveMember: async ({ member }) => {
            if (authCall()?.grantor?.userId !== member.userId)
              await refuseBeyondGrantor(options.catalogue, member.organizationId, [member.role]);
          },
        },
      }),
      admin({ defaultRole: "user", adminRoles: ["admin"], roles: platformRoles }),
      jwt({
        disableSettingJwtHeader: true,
        adapter: options.signingKeys,
        jwt: {
          expirationTime: "5m",
          definePayload: async ({ user, session }) => {
            const { id: sid, activeOrganizationId: org = null, impersonatedBy } = session;
            return {
              sid,
              org: org !== null && (await options.isMember(user.id, org)) ? org : null,
              // RFC 8693: who acts as the subject.
              ...(impersonatedBy ? { act: { sub: impersonatedBy } } : {}),
            };
          },
        },
      }),
      bearer({ requireSignature: true }),
      oidcProviders(options.providers),
      passkeys(options.relyingParty),
      secondFactor(options.beginning),
      emailCode(options.secret, async (to, code, minutes) => deliver(describeMail.signInCode(to, code, minutes))),
      // Lets the official client manage organizations' keys. Making and verifying them is our own.
      apiKey({
        references: "organization",
        enableSessionForAPIKeys: false,
        rateLimit: { enabled: false },
        maximumNameLength: 80,
      }),
    ],
  });
}

/** Those there are: better-auth stores any other name unless they are listed. Without a prototype, whose names it would take. */
const platformRoles = Object.assign(Object.create(null) as object, { admin: adminAc, user: userAc });

const invitationNotFound = () =>
  new APIError("BAD_REQUEST", { code: "INVITATION_NOT_FOUND", message: "Invitation not found" });

/** An invitation that was accepted, rejected or canceled can't be changed. */
function refuseClosed({ status }: { status: string }): void {
  if (status !== "pending") throw invitationNotFound();
}

/** An invitation can't be accepted after its sender has lost what it takes to send it. */
async function refuseWorthless(catalogue: Catalogue, invitation: Parameters<typeof senderStands>[2]): Promise<void> {
  const tx = currentTransaction();
  if (tx === undefined) throw new Error("invitations are accepted in a transaction");
  if (!(await senderStands(tx, catalogue, invitation))) throw invitationNotFound();
}

function refuseBadSlug(slug: string | undefined): void {
  if (slug === undefined || organizationSelector(slug)?.by === "slug") return;
  throw new APIError("BAD_REQUEST", {
    code: "INVALID_SLUG",
    message: "A slug has at most 48 of a-z, 0-9 and single hyphens between them, and isn't `current` or a UUID.",
  });
}

/** better-auth knows `__Secure-` alone: with any other prefix the attribute is set beside the name. */
const cookieOptions = (cookies: CookiePolicy) => ({
  useSecureCookies: false,
  cookiePrefix: cookiePrefix(cookies),
  defaultCookieAttributes: { secure: cookies.https },
  ...(cookies.domain ? { crossSubDomainCookies: { enabled: true, domain: cookies.domain } } : {}),
});
