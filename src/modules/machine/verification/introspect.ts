import { z } from "zod";
import type { Verified } from "../../../core/principal.ts";
import { Identity } from "../../../http/identity.ts";
import { fromToken } from "../../../verify/present.ts";
import { permissionsIn, refuseUnknownPermissions, unmet, type VerifyPorts } from "../../../verify/request.ts";
import { identityShown } from "../../../verify/response.ts";
import { KeyIdentity } from "./schemas.ts";

/** RFC 7662's request, with what is to be checked along with it. */
export const IntrospectionRequest = z
  .object({
    token: z.string().min(1).max(4096).meta({ description: "A signed session token, or an API key" }),
    token_type_hint: z
      .string()
      .max(64)
      .optional()
      .meta({ description: "RFC 7662's; a token says what it is by itself" }),
    org: z
      .string()
      .max(64)
      .optional()
      .meta({ description: "An organization's id or slug; the active one, or the key's, where it isn't given" }),
    permissions: z
      .union([
        z.array(z.string().max(128)).max(100),
        z
          .string()
          .max(4096)
          .refine((list) => permissionsIn(list).length > 0, "names no permission"),
      ])
      .transform((value) => (typeof value === "string" ? permissionsIn(value) : value))
      .optional()
      .meta({ description: "What must be held for the token to be active: a list, or separated by spaces or commas" }),
  })
  .meta({ id: "IntrospectionRequest", example: { token: "gh_…" } });

/** The same as a form, in which a client may authenticate too. */
export const IntrospectionForm = IntrospectionRequest.extend({
  client_id: z.string().max(64).optional().meta({ description: "The id of an API key" }),
  client_secret: z.string().max(64).optional().meta({ description: "The key itself" }),
}).meta({ id: "IntrospectionForm", example: { token: "gh_…" } });

/** RFC 7662's answer. An inactive token's `code` says why, as far as it is known. */
export const Introspection = z
  .object({
    active: z.boolean().meta({ description: "Whether it is good, and what was asked for is held" }),
    code: z.string().optional().meta({ description: "Why it isn't active" }),
    sub: z.string().optional().meta({ description: "The id of the person or of the API key" }),
    username: z.string().optional().meta({ description: "The person's address" }),
    token_type: z.enum(["session", "api_key"]).optional(),
    exp: z.int().optional().meta({ description: "When it ends, in seconds since 1970" }),
    iss: z.string().optional(),
    scope: z.string().optional().meta({ description: "The permissions held, separated by spaces" }),
    principal: z.union([Identity.shape.principal, KeyIdentity.shape.principal]).optional(),
    organization: Identity.shape.organization.optional(),
    retryAfter: z
      .int()
      .optional()
      .meta({ description: "In how many seconds a key whose limit is reached is good again" }),
  })
  .meta({ id: "Introspection" });

type Ports = Omit<VerifyPorts, "credentials" | "config"> & { baseUrl: string };

/**
 * Answers a service about a token that it was handed: a signed session token or an API key. A use of a metered key is
 * counted when the answer is active.
 *
 * @param boundTo the only organization that the asking service may learn of; null lifts the bound.
 * @throws 400 for a permission that no module declares.
 */
export async function introspect(
  { verifier, catalogue, baseUrl }: Ports,
  { token, org, permissions = [] }: z.output<typeof IntrospectionRequest>,
  boundTo: string | null,
): Promise<z.input<typeof Introspection>> {
  refuseUnknownPermissions(permissions, catalogue);
  const question = fromToken(token, { org, boundTo });
  if (question === null) return inactive("invalid_credential");
  const refusal = (verified: Verified): string | null =>
    question.mayKnow(verified)
      ? (unmet(verified, { ...question, permissions }, baseUrl)?.code ?? null)
      : "invalid_credential";
  const verdict = await verifier.verify(
    question.presented,
    question.selector,
    (verified) => refusal(verified) === null,
  );
  if (verdict.kind === "conflict") return inactive("invalid_credential");
  // A service of one organization isn't told why another organization's key is refused.
  if (verdict.kind === "refused")
    return inactive(boundTo === null || verdict.organizationId === boundTo ? verdict.code : "invalid_credential");
  if (verdict.kind !== "verified") {
    const retryAfter = verdict.retryAfterMs === null ? {} : { retryAfter: Math.ceil(verdict.retryAfterMs / 1000) };
    return { ...inactive(verdict.kind), ...retryAfter };
  }
  const code = refusal(verdict.verified);
  if (code !== null) return inactive(code);
  return { ...described(verdict.verified, baseUrl), ...identityShown(verdict.verified, verdict.usage) };
}

const inactive = (code: string) => ({ active: false, code });

function described({ principal, organization }: Verified, iss: string) {
  const permissions =
    organization?.permissions ?? (principal.type === "apiKey" ? principal.permissions : new Set<string>());
  return {
    sub: principal.id,
    iss,
    token_type: principal.type === "user" ? ("session" as const) : ("api_key" as const),
    ...(principal.type === "user" && !principal.isAnonymous ? { username: principal.email } : {}),
    ...(principal.expiresAt ? { exp: Math.floor(principal.expiresAt.getTime() / 1000) } : {}),
    scope: [...permissions].toSorted().join(" "),
  };
}
