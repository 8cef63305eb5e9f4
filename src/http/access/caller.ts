import { type Permission, splitRoles } from "../../core/access/permission.ts";
import type { ApiKeyPrincipal, OrganizationAccess, Principal, UserPrincipal, Verified } from "../../core/principal.ts";
import { notFound, problem } from "../../core/problem.ts";

export const PersonRequired = problem("person_required", 403, "For people only");
export const Impersonating = problem("impersonating", 403, "Not while impersonating");

/**
 * Who calls and what they may, as a handler asks: `c.var.auth`. All of it was read with the credential; nothing here asks
 * the database.
 */
export type RequestAuth = {
  /** Who calls: a person or an API key. */
  readonly principal: Principal;
  /** The person who calls. @throws 403 for an API key. */
  readonly person: UserPrincipal;
  /** The organization that the route is about, with what the caller may do in it. @throws 404 where there is none. */
  readonly organization: OrganizationAccess;
  /** How the caller showed who they are. */
  readonly authMethod: "session" | "bearer" | "api-key";
  /** The key that calls; null for a person. */
  readonly apiKey: ApiKeyPrincipal | null;
  /** The person; null for a key, which is never one. */
  getUser(): UserPrincipal | null;
  getSession(): (Pick<UserPrincipal, "expiresAt" | "activeOrganizationId" | "impersonatorId"> & { id: string }) | null;
  /** The organization that the route is about, and the caller's standing in it; null on routes that are about none. */
  getOrg(): OrganizationAccess | null;
  /** The role there, several joined by commas; null for a key, which is no member. */
  getOrgRole(): string | null;
  /** Whether one of these roles is held. What somebody may do is a question for `hasPermission`. */
  hasOrgRole(...roles: string[]): boolean;
  /** Whether all of these are held on the whole organization. */
  hasPermission(permission: Permission, ...others: Permission[]): boolean;
  /** The Bearer token as it was sent, which was verified; null where the credential came another way. */
  getToken(): string | null;
};

/** @param token the Bearer token, where it is what the caller is known by: one beside a good cookie may be anything. */
export function requestAuth({ principal, organization }: Verified, token: string | null): RequestAuth {
  const user = principal.type === "user" ? principal : null;
  const apiKey = principal.type === "apiKey" ? principal : null;
  const held = organization?.permissions ?? apiKey?.permissions;
  return {
    principal,
    get person() {
      if (user === null) throw PersonRequired("An API key can't call this: it is about a signed-in person.");
      return user;
    },
    get organization() {
      if (organization === null) throw notFound();
      return organization;
    },
    authMethod: apiKey ? "api-key" : token === null ? "session" : "bearer",
    apiKey,
    getUser: () => user,
    getSession: () =>
      user && {
        id: user.sessionId,
        expiresAt: user.expiresAt,
        activeOrganizationId: user.activeOrganizationId,
        impersonatorId: user.impersonatorId,
      },
    getOrg: () => organization,
    getOrgRole: () => organization?.role ?? null,
    hasOrgRole: (...roles) => splitRoles(organization?.role ?? "").some((role) => roles.includes(role)),
    hasPermission: (...permissions) => permissions.every((permission) => held?.has(permission)),
    getToken: () => token,
  };
}
