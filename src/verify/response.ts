import type { Permission } from "../core/access/permission.ts";
import { sortedPermissions } from "../core/access/sorted.ts";
import type { OrganizationAccess, Principal, Verified } from "../core/principal.ts";
import type { KeyUsage } from "./meter.ts";
import { rateLimitHeaders } from "./verdict.ts";

/** A prepared answer: its JSON and its headers. */
export type Answer = { body: string; headers: Headers };

/** What `/v1/verify` answers for a good credential: in its body and, for a proxy to hand on, in its headers. */
export function answerTo(verified: Verified, usage: KeyUsage | null): Answer {
  const headers = new Headers(fixed);
  identify(headers, verified);
  if (usage) for (const [name, value] of Object.entries(rateLimitHeaders(usage))) headers.set(name, value);
  return { body: JSON.stringify(identityShown(verified, usage)), headers };
}

/** Who a credential stands for, as clients see it. Fields are named one by one, so that no other leaves. */
export const identityShown = ({ principal, organization }: Verified, usage: KeyUsage | null) => ({
  active: true as const,
  principal: principalShown(principal, usage),
  organization: organization && organizationShown(organization),
});

function principalShown(principal: Principal, usage: KeyUsage | null) {
  if (principal.type === "user") {
    const { type, id, email, emailVerified, isAnonymous, name, image, sessionId, expiresAt } = principal;
    return { type, id, email, emailVerified, isAnonymous, name, image, sessionId, expiresAt: expiresAt.toISOString() };
  }
  const { type, id, name, start, expiresAt } = principal;
  const rateLimit = usage?.rateLimit ?? null;
  return {
    type,
    id,
    name,
    start,
    expiresAt: expiresAt && expiresAt.toISOString(),
    remaining: usage?.remaining ?? null,
    rateLimit: rateLimit && {
      limit: rateLimit.limit,
      remaining: rateLimit.remaining,
      resetAt: new Date(rateLimit.resetAt).toISOString(),
    },
  };
}

const organizationShown = ({ id, slug, role, permissions }: OrganizationAccess) => ({
  id,
  slug,
  role,
  permissions: sortedPermissions(permissions),
});

// Copying these for each answer is faster than reading them from an object.
const fixed = new Headers({
  "Content-Type": "application/json",
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
});

// Always all of them: a proxy would let the client's own header through in place of one that is left out.
function identify(headers: Headers, { principal, organization }: Verified): void {
  const permissions = organization?.permissions ?? (principal.type === "apiKey" ? principal.permissions : nothing);
  headers.set("X-Auth-Type", principal.type);
  headers.set("X-Auth-Subject", principal.id);
  const reachable = principal.type === "user" && !principal.isAnonymous;
  headers.set("X-Auth-Email", reachable ? headerText(principal.email) : "");
  headers.set("X-Auth-Org", organization?.id ?? "");
  headers.set("X-Auth-Role", headerText(organization?.role ?? ""));
  headers.set("X-Auth-Permissions", sortedPermissions(permissions).join(" "));
}

const nothing: ReadonlySet<Permission> = new Set();

/** A header holds visible ASCII; anything else is percent-encoded. */
const headerText = (text: string): string => text.replaceAll(/[^\x21-\x7e]/gu, encodeURIComponent);
