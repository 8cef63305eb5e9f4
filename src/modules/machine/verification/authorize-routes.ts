import type { Context } from "hono";
import type { z } from "zod";
import type { Catalogue, Permission } from "../../../core/access/permission.ts";
import { type ApiKeyPrincipal, organizationSelector, type Principal, type Verified } from "../../../core/principal.ts";
import { Forbidden } from "../../../core/problem.ts";
import { anyCaller } from "../../../http/access/declare.ts";
import { organizationScope } from "../../../http/access/enter.ts";
import { KeyRequired } from "../../../http/access/refuse.ts";
import type { Env } from "../../../http/env.ts";
import type { Module } from "../../../http/module.ts";
import { answer, body, createRoute, createRouter, json } from "../../../http/router.ts";
import { fromToken } from "../../../verify/present.ts";
import type { Verifier } from "../../../verify/verifier.ts";
import { authorizationRequest, decide, Decisions, held, ownersByType, refusedAll } from "./authorize.ts";
import { tag } from "./schemas.ts";

export type Ports = { catalogue: Catalogue; verifier: Verifier; modules: readonly Pick<Module, "owners">[] };
type Request = z.output<ReturnType<typeof authorizationRequest>>;

const authorize = (types: readonly string[]) =>
  createRoute({
    ...anyCaller(),
    method: "post",
    path: "/",
    summary: "Ask whether somebody may do something",
    description:
      "For the caller itself, a person or an API key; a service's key that holds `token:introspect` may ask for the holder of a `token` instead, one of an organization for that organization alone. " +
      "One permission, or up to 100 `checks`, which are answered in their order. A `resource` must be the organization's, and decides where a permission is held for one's own only.",
    request: { body: body(authorizationRequest(types)) },
    responses: { 200: json(Decisions, "The decision, or one for each check") },
    refusals: [KeyRequired, Forbidden],
    unversioned: true,
  });

export const authorizeRoutes = (ports: Ports) => {
  const types = ownersByType(ports.modules);
  return createRouter(tag).openapi(authorize([...types.keys()]), async (c) => {
    const request = c.req.valid("json");
    const { permission, resource, checks = [{ permission: permission ?? "", resource }] } = request;
    const { token } = request;
    const who =
      token === undefined ? await itself(c, request) : await holder(ports, c.var.auth.principal, request, token);
    const results =
      typeof who === "string"
        ? refusedAll(checks, who)
        : await decide(
            ports.catalogue,
            who,
            who.organization && organizationScope(c, c.var.auth.principal, who.organization.id),
            checks,
            types,
          );
    return answer(c, Decisions, request.checks ? { results } : results[0]!);
  });
};

/** The caller in the organization that is named, else in the active one. */
async function itself(c: Context<Env>, { org }: Request): Promise<Verified> {
  const { principal } = c.var.auth;
  const organization = c.var.auth.getOrg();
  if (org === undefined || org === "current" || org === organization?.id || org === organization?.slug)
    return { principal, organization };
  // Asking again would count as another use.
  if (principal.type === "apiKey") return nobodyThere(principal);
  return (await c.var.gate.authenticate(c.req.raw.headers, organizationSelector(org) ?? { by: "none" })).verified;
}

/**
 * The token's principal, or why it is invalid. Counts a use of a metered key only if it holds one of the permissions that
 * are asked about.
 */
async function holder(
  { catalogue, verifier }: Ports,
  caller: Principal,
  { org, checks, permission }: Request,
  token: string,
): Promise<Verified | "invalid_token" | "rate_limited" | "quota_exceeded"> {
  if (caller.type !== "apiKey") throw KeyRequired("Only a service asks for the holder of a token.");
  if (!caller.permissions.has("token:introspect"))
    throw Forbidden(
      "To ask for the holder of a token needs the permission token:introspect, which this key doesn't hold.",
    );
  const boundTo = caller.organizationId;
  const question = fromToken(token, { org, boundTo });
  if (question === null) return "invalid_token";
  const { presented, selector, mayKnow } = question;
  const asked = (checks ?? [{ permission: permission ?? "" }]).map((check) => check.permission as Permission);
  const verdict = await verifier.verify(
    presented,
    selector,
    (verified) => mayKnow(verified) && asked.some((name) => /^(granted|own)$/.test(held(catalogue, verified, name))),
  );
  if (verdict.kind === "rate_limited" || verdict.kind === "quota_exceeded") return verdict.kind;
  if (verdict.kind !== "verified" || !mayKnow(verdict.verified)) return "invalid_token";
  const { principal, organization } = verdict.verified;
  return organization === null && org !== undefined && principal.type === "apiKey"
    ? nobodyThere(principal)
    : { principal, organization };
}

/** A key has one organization, and no permission in another. */
const nobodyThere = (principal: ApiKeyPrincipal): Verified => ({
  principal: { ...principal, permissions: new Set() },
  organization: null,
});
