import { z } from "zod";
import type { Verified } from "../../core/principal.ts";
import { organizationSelector } from "../../core/principal.ts";
import { isApiKey } from "../../core/api-key.ts";
import type { Verifier } from "../../verify/verifier.ts";
import { Identity } from "../../http/identity.ts";
import { KeyIdentity, shown } from "./answer.ts";
import { unmet } from "./verify.ts";

/** RFC 7662's request, with what is to be checked along with it. */
export const IntrospectionRequest = z
  .object({
    token: z.string().min(1).max(4096),
    token_type_hint: z.string().max(64).optional(),
    org: z.string().max(64).optional(),
    permissions: z
      .union([z.array(z.string().max(128)).max(100), z.string().max(4096)])
      .transform((value) => (typeof value === "string" ? value.split(/[ ,]+/).filter(Boolean) : value))
      .optional(),
  })
  .meta({ id: "IntrospectionRequest" });

/** RFC 7662's answer. An inactive token's `code` says why, as far as it is known. */
export const Introspection = z
  .object({
    active: z.boolean(),
    code: z.string().optional(),
    sub: z.string().optional(),
    username: z.string().optional(),
    token_type: z.string().optional(),
    exp: z.int().optional(),
    iss: z.string().optional(),
    scope: z.string().optional(),
    principal: z.union([Identity.shape.principal, KeyIdentity.shape.principal]).optional(),
    organization: Identity.shape.organization.optional(),
    retryAfter: z.int().optional(),
  })
  .meta({ id: "Introspection" });

type Ports = { verifier: Verifier; baseUrl: string };

/** What a header can hold, where credentials otherwise come from. */
const visible = /^[\x21-\x7e]+$/;

/**
 * Tells a service about a token that it was handed: a signed session token or an API key. A use of a metered key is
 * counted when the answer is active.
 *
 * @param boundTo the only organization that the asking service may learn of; null lifts the bound.
 */
export async function introspect(
  { verifier, baseUrl }: Ports,
  request: z.output<typeof IntrospectionRequest>,
  boundTo: string | null,
): Promise<z.input<typeof Introspection>> {
  const { token, org, permissions = [] } = request;
  if (!visible.test(token)) return inactive("invalid_credential");
  const kind = isApiKey(token) ? "apiKey" : "session";
  const named = org !== undefined || (boundTo !== null && kind === "session");
  const selector = organizationSelector(org ?? (boundTo !== null && kind === "session" ? boundTo : "current")) ?? {
    by: "none" as const,
  };
  const presented = { kind, raw: token } as const;
  const refusal = (verified: Verified): string | null =>
    boundTo !== null && verified.organization?.id !== boundTo
      ? "invalid_credential"
      : (unmet(verified, { named, permissions })?.code ?? null);
  const verdict = await verifier.verify(presented, selector, (verified) => refusal(verified) === null);
  if (verdict.kind === "conflict") return inactive("invalid_credential");
  // Why another organization's key is no good is none of this one's business.
  if (verdict.kind === "refused")
    return inactive(boundTo === null || verdict.organizationId === boundTo ? verdict.code : "invalid_credential");
  if (verdict.kind !== "verified") {
    const retryAfter = verdict.retryAfterMs === null ? {} : { retryAfter: Math.ceil(verdict.retryAfterMs / 1000) };
    return { ...inactive(verdict.kind), ...retryAfter };
  }
  const code = refusal(verdict.kept);
  if (code !== null) return inactive(code);
  return { ...described(verdict.kept, baseUrl), ...shown(verdict.kept, verdict.standing) };
}

const inactive = (code: string) => ({ active: false, code });

function described({ principal, organization }: Verified, iss: string) {
  const permissions =
    organization?.permissions ?? (principal.type === "apiKey" ? principal.permissions : new Set<string>());
  return {
    sub: principal.id,
    iss,
    token_type: principal.type === "user" ? "session" : "api_key",
    ...(principal.type === "user" ? { username: principal.email } : {}),
    ...(principal.expiresAt ? { exp: Math.floor(principal.expiresAt.getTime() / 1000) } : {}),
    scope: [...permissions].toSorted().join(" "),
  };
}
