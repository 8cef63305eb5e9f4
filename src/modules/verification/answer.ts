import { z } from "zod";
import type { Permission } from "../../core/permission.ts";
import type { Verified } from "../../core/principal.ts";
import { Identity, identityOf, sorted } from "../../http/identity.ts";
import { timestamp } from "../../http/schemas.ts";
import type { Standing } from "../../verify/meter.ts";
import { rateLimitHeaders } from "../../verify/verdict.ts";

/** An API key and its organization. */
export const KeyIdentity = Identity.extend({
  principal: z.object({
    type: z.literal("apiKey"),
    id: z.string(),
    name: z.string(),
    start: z.string(),
    expiresAt: timestamp().nullable(),
    remaining: z.int().nullable(),
    rateLimit: z.object({ limit: z.int(), remaining: z.int(), resetAt: timestamp() }).nullable(),
  }),
});

/** Who a credential stands for: a person or an API key. */
export const Verification = z.union([Identity, KeyIdentity]).meta({ id: "Verification" });

/** An answer made ahead: its JSON and its headers. */
export type Answer = { body: string; headers: Headers };

/** What `/v1/verify` says of a credential that is good, in its body and, for a proxy to hand on, in its headers. */
export function answerTo(verified: Verified, standing: Standing | null): Answer {
  const headers = new Headers(fixed);
  identify(headers, verified);
  if (standing) for (const [name, value] of Object.entries(rateLimitHeaders(standing))) headers.set(name, value);
  return { body: JSON.stringify(shown(verified, standing)), headers };
}

/** The same as an object, parsed by its schema. */
export function shown({ principal, organization }: Verified, standing: Standing | null): z.output<typeof Verification> {
  if (principal.type === "user") return Identity.parse(identityOf(principal, organization));
  const rateLimit = standing?.rateLimit ?? null;
  return KeyIdentity.parse({
    active: true,
    principal: {
      ...principal,
      remaining: standing?.remaining ?? null,
      rateLimit: rateLimit && {
        limit: rateLimit.limit,
        remaining: rateLimit.remaining,
        resetAt: new Date(rateLimit.resetAt),
      },
    },
    organization: organization && { ...organization, permissions: sorted(organization.permissions) },
  });
}

// Copied for each answer, which takes less than to read them from an object.
const fixed = new Headers({
  "Content-Type": "application/json",
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
});

// All of them, always: one that were left out would let the client's own header of that name through a proxy.
function identify(headers: Headers, { principal, organization }: Verified): void {
  const permissions = organization?.permissions ?? (principal.type === "apiKey" ? principal.permissions : nothing);
  headers.set("X-Auth-Type", principal.type);
  headers.set("X-Auth-Subject", principal.id);
  headers.set("X-Auth-Email", principal.type === "user" ? headerText(principal.email) : "");
  headers.set("X-Auth-Org", organization?.id ?? "");
  headers.set("X-Auth-Role", headerText(organization?.role ?? ""));
  headers.set("X-Auth-Permissions", sorted(permissions).join(" "));
}

const nothing: ReadonlySet<Permission> = new Set();

/** A header holds visible ASCII; anything else is percent-encoded. */
const headerText = (text: string): string => text.replaceAll(/[^\x21-\x7e]/gu, encodeURIComponent);
