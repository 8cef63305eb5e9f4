import { apiKey } from "@better-auth/api-key";
import { queueAfterTransactionHook } from "@better-auth/core/context";
import type { DBAdapter } from "@better-auth/core/db/adapter";
import type { BetterAuthOptions } from "better-auth";
import { APIError } from "better-auth/api";
import { betterAuth } from "better-auth/minimal";
import { createAccessControl } from "better-auth/plugins/access";
import { admin } from "better-auth/plugins/admin";
import { bearer } from "better-auth/plugins/bearer";
import { jwt, type JwtOptions } from "better-auth/plugins/jwt";
import { organization } from "better-auth/plugins/organization";
import type { Logger } from "../core/log.ts";
import type { Catalogue, RolePermissions } from "../core/permission.ts";
import { organizationSelector } from "../core/principal.ts";
import { giver, refuseBeyondGiver } from "./giver.ts";
import { describeMail, type Mailer } from "./mail.ts";
import type { Passwords } from "./passwords.ts";
import { type RequestLimits, requestRules } from "./requests.ts";

/** Headers that only this service sets on the way to better-auth; a client's own are overwritten. */
export const privateHeaders = { clientAddress: "x-gatehouse-client-address", requestId: "x-gatehouse-request-id" };

export const basePath = "/api/auth";

type Options = {
  baseUrl: string;
  secret: string;
  trustedOrigins: readonly string[];
  sessionMaxAge: number;
  sessionUpdateAge: number;
  /** better-auth's own limiter; null lifts it. */
  requests: RequestLimits | null;
  catalogue: Catalogue;
  adapter: (options: BetterAuthOptions) => DBAdapter;
  signingKeys: NonNullable<JwtOptions["adapter"]>;
  mailer: Mailer;
  log: Logger;
  passwords: Pick<Passwords, "hash" | "verify">;
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
  /** Mail leaves after the transaction that it speaks of has committed. */
  const deliver = (mail: Parameters<Mailer["send"]>[0]) =>
    queueAfterTransactionHook(() => mailer.send(mail), {
      onError: (err) => log.error({ err }, "mail could not be sent"),
    });
  const auth = betterAuth({
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
      disableOriginCheck: false,
      disableCSRFCheck: false,
      ipAddress: { ipAddressHeaders: [privateHeaders.clientAddress] },
    },
    session: { expiresIn: options.sessionMaxAge, updateAge: options.sessionUpdateAge, cookieCache: { enabled: false } },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 8,
      maxPasswordLength: 128,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, url }) => deliver(describeMail.resetPassword(user.email, url)),
      password: options.passwords,
    },
    emailVerification: {
      sendOnSignUp: true,
      autoSignInAfterVerification: false,
      sendVerificationEmail: ({ user, url }) => deliver(describeMail.verifyEmail(user.email, url)),
    },
    user: { deleteUser: { enabled: true } },
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
          beforeCancelInvitation: async ({ invitation }) => refuseClosed(invitation),
          beforeRejectInvitation: async ({ invitation }) => refuseClosed(invitation),
          beforeUpdateOrganization: async ({ organization: { slug } }) => refuseBadSlug(slug),
          beforeCreateInvitation: ({ invitation: { organizationId, role } }) =>
            refuseBeyondGiver(options.catalogue, organizationId, [role]),
          beforeUpdateMemberRole: ({ member, newRole }) =>
            refuseBeyondGiver(options.catalogue, member.organizationId, [member.role, newRole]),
          beforeRemoveMember: async ({ member }) => {
            if (giver.getStore()?.userId !== member.userId)
              await refuseBeyondGiver(options.catalogue, member.organizationId, [member.role]);
          },
        },
      }),
      admin({ defaultRole: "user", adminRoles: ["admin"] }),
      jwt({
        disableSettingJwtHeader: true,
        adapter: options.signingKeys,
        jwt: {
          expirationTime: "5m",
          definePayload: ({ session }) => ({ sid: session.id, org: session.activeOrganizationId ?? null }),
        },
      }),
      bearer({ requireSignature: true }),
      // The official client manages organizations' keys by it. What makes and what verifies them is the service's own.
      apiKey({
        references: "organization",
        enableSessionForAPIKeys: false,
        rateLimit: { enabled: false },
        maximumNameLength: 80,
      }),
    ],
    // It would make keys that nobody stands behind and that hold nothing: POST /v1/orgs/{org}/api-keys asks for both.
    disabledPaths: ["/api-key/create"],
  });
  options.requests?.know(Object.values(auth.api).flatMap(({ path }) => path ?? []));
  return auth;
}

/** What was accepted, rejected or canceled stays so. */
function refuseClosed({ status }: { status: string }): void {
  if (status === "pending") return;
  throw new APIError("BAD_REQUEST", { code: "INVITATION_NOT_FOUND", message: "Invitation not found" });
}

function refuseBadSlug(slug: string | undefined): void {
  if (slug === undefined || organizationSelector(slug)?.by === "slug") return;
  throw new APIError("BAD_REQUEST", {
    code: "INVALID_SLUG",
    message: "A slug has at most 48 of a-z, 0-9 and single hyphens between them, and isn't `current` or a UUID.",
  });
}

/** The service's roles in better-auth's form and words, so that its routes and ours give the same answer. */
function accessControl(roles: RolePermissions) {
  const statements = (permissions: Iterable<string>) => {
    const byResource: Record<string, string[]> = {};
    for (const permission of permissions) {
      const [resource = "", action = ""] = permission.split(":");
      (byResource[resource === "role" ? "ac" : resource] ??= []).push(action);
    }
    return byResource;
  };
  const ac = createAccessControl(statements(roles.get("owner") ?? []));
  return {
    ac,
    roles: Object.fromEntries([...roles].map(([name, permissions]) => [name, ac.newRole(statements(permissions))])),
  };
}
