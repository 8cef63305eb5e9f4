import { apiKey } from "@better-auth/api-key";
import { tryGetCurrentAuthEndpointContext } from "@better-auth/core/context";
import type { DBAdapter } from "@better-auth/core/db/adapter";
import type { BetterAuthOptions } from "better-auth";
import { betterAuth } from "better-auth/minimal";
import { admin } from "better-auth/plugins/admin";
import { bearer } from "better-auth/plugins/bearer";
import { jwt, type JwtOptions } from "better-auth/plugins/jwt";
import { organization } from "better-auth/plugins/organization";
import type { Logger } from "../ops/log.ts";
import type { Catalogue } from "../core/access/permission.ts";
import type { CookiePolicy } from "../core/cookie.ts";
import { accessControl, platformRoles } from "./access-control.ts";
import { cookieOptions } from "./cookies.ts";
import { refuseBeyondGrantor } from "./guard/grantor.ts";
import { refuseBadSlug, refuseClosed, refuseWorthless } from "./guard/invitation.ts";
import type { Assurance } from "./store/assurance.ts";
import { authCall, currentTransaction, noting } from "./store/auth-call.ts";
import { endOtherSessions, refuseOtherSessions } from "./guard/verification.ts";
import { describeMail, opensMinutes, type Unsent } from "../mail/letter.ts";
import type { Post } from "../mail/outbox.ts";
import { askedLanguage } from "../core/language.ts";
import type { InvitationProof } from "../core/invitation-proof.ts";
import { pageLink, returnToOf } from "../core/page-link.ts";
import { passwordLength, type Provider } from "../core/sign-in.ts";
import { anonymousSessions } from "./methods/anonymous.ts";
import { emailCode } from "./methods/email-code.ts";
import { invitedSignUp } from "./methods/invited-sign-up.ts";
import { verificationByPost, verificationLink } from "./methods/verification.ts";
import { endOtherResets, storedIdentifiers } from "./store/mailed-links.ts";
import { oidcProviders, socialProviders } from "./methods/providers.ts";
import { passkeys, type RelyingParty } from "./methods/passkey.ts";
import { sessionRenewal } from "./methods/renewed-session.ts";
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
  /** Whether a user is a member of an organization now, and their session passes for one there. */
  mayEnter(userId: string, organizationId: string, sessionId: string): Promise<boolean>;
  post: Post;
  log: Logger;
  passwords: NonNullable<NonNullable<BetterAuthOptions["emailAndPassword"]>["password"]>;
  providers: readonly Provider[];
  /** What passkeys are bound to, where they are on. */
  relyingParty: RelyingParty;
  /** The paths of the routes that begin a session by one factor. */
  beginning: ReadonlySet<string>;
  /** Is told by which passkey, or on which trusted device, somebody has proven themselves. */
  assurance: Pick<Assurance, "onTrustedDevice" | "passkeyUsed">;
  /** Whether who signs up is signed in at once, which tells that the address had no account. */
  signUpAtOnce: boolean;
  invitationProof: InvitationProof;
};

export type Auth = ReturnType<typeof createAuth>;

/**
 * better-auth as this service runs it: every default that would depend on the environment, the request's host
 * or a stranger's header is fixed here.
 *
 * @param options.sessionMaxAge seconds; `sessionUpdateAge` likewise.
 */
export function createAuth(options: Options) {
  const { baseUrl, log } = options;
  const invitationLink = (invitation: Parameters<InvitationProof["of"]>[0]) =>
    pageLink(baseUrl, `invitation/${invitation.id}`, options.invitationProof.of(invitation));
  const { ac, roles } = accessControl(options.catalogue.roles);
  /** Queues mail in the transaction that it is about. better-auth answers past a failure, so it is noted. */
  const deliver = (letter: Unsent) => {
    const asked = tryGetCurrentAuthEndpointContext()?.headers?.get("accept-language");
    return noting(() => options.post(currentTransaction() ?? null, { ...letter, language: askedLanguage(asked) }));
  };
  const [mailedCodes, mailedLinks] = emailCode({
    secret: options.secret,
    baseUrl,
    deliver: (to, mail) => deliver(describeMail.signIn(to, mail)),
  });
  return betterAuth({
    appName: "Gatehouse",
    baseURL: baseUrl,
    basePath,
    secret: options.secret,
    trustedOrigins: [...options.trustedOrigins],
    database: options.adapter,
    telemetry: { enabled: false },
    logger: {
      log: (level, message) =>
        log[level === "error" ? "warn" : level]({ source: "better-auth" }, message.slice(0, 300)),
    },
    onAPIError: { throw: true, errorURL: `${baseUrl}/auth/error` },
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
    session: {
      expiresIn: options.sessionMaxAge,
      updateAge: options.sessionUpdateAge,
      // The table of routes says what takes a recent sign-in: better-auth asks when the session was made, which proving
      // oneself again in it doesn't change.
      freshAge: 0,
      cookieCache: { enabled: false },
    },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      revokeSessionsOnPasswordReset: true,
      resetPasswordTokenExpiresIn: opensMinutes.resetPassword * 60,
      requireEmailVerification: !options.signUpAtOnce,
      // better-auth makes up a person without a role; those who are new have one.
      customSyntheticUser: ({ coreFields, additionalFields, id }) => ({
        ...coreFields,
        ...additionalFields,
        id,
        role: "user",
      }),
      onExistingUserSignUp: ({ user }) => deliver(describeMail.addressTaken(user.email, `${baseUrl}/auth/sign-in`)),
      sendResetPassword: async ({ user, url, token }) => {
        await endOtherResets(user.id, token);
        await deliver(describeMail.resetPassword(user.email, pageLink(baseUrl, "reset", token, returnToOf(url))));
      },
      password: options.passwords,
    },
    emailVerification: {
      sendOnSignUp: true,
      // Who has no session has shown the password, by the step before: see `ownSession`.
      autoSignInAfterVerification: true,
      async sendVerificationEmail(asked) {
        const { changes, link } = await verificationLink(baseUrl, asked);
        const describe = changes ? describeMail.verifyNewEmail : describeMail.verifyEmail;
        await deliver(describe(asked.user.email, link));
      },
      beforeEmailVerification: async ({ id }) => refuseOtherSessions(id),
      afterEmailVerification: ({ id }) => endOtherSessions(id),
    },
    // What is stored of a token that is mailed doesn't give it away.
    verification: { storeIdentifier: storedIdentifiers },
    user: {
      deleteUser: { enabled: true },
      changeEmail: {
        enabled: true,
        async sendChangeEmailConfirmation(asked) {
          const { link } = await verificationLink(baseUrl, asked);
          await deliver(describeMail.confirmChange(asked.user.email, asked.newEmail, link));
        },
      },
    },
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
        sendInvitationEmail: ({ id, organization: { name }, inviter, invitation }) =>
          deliver(
            describeMail.invitation(invitation.email, name, inviter.user.name, invitationLink({ ...invitation, id })),
          ),
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
              ...((user as { isAnonymous?: boolean | null }).isAnonymous ? { is_anonymous: true } : {}),
              org: org !== null && (await options.mayEnter(user.id, org, sid)) ? org : null,
              // RFC 8693: who acts as the subject.
              ...(impersonatedBy ? { act: { sub: impersonatedBy } } : {}),
            };
          },
        },
      }),
      bearer({ requireSignature: true }),
      oidcProviders(options.providers),
      passkeys(options.relyingParty, options.assurance.passkeyUsed),
      secondFactor(options.beginning, options.assurance.onTrustedDevice),
      mailedCodes,
      mailedLinks,
      verificationByPost(),
      sessionRenewal(),
      invitedSignUp(options.invitationProof),
      anonymousSessions(),
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
