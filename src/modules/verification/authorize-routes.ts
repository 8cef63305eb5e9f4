import type { Context } from "hono";
import type { z } from "zod";
import { isApiKey } from "../../core/api-key.ts";
import type { Catalogue, Permission } from "../../core/permission.ts";
import { type ApiKeyPrincipal, organizationSelector, type Principal, type Verified } from "../../core/principal.ts";
import { Forbidden } from "../../core/problem.ts";
import { anyCaller, KeyRequired, organizationScope } from "../../http/access.ts";
import type { Env } from "../../http/env.ts";
import { body, createRoute, createRouter, json, problems, send } from "../../http/router.ts";
import type { Verifier } from "../../verify/verifier.ts";
import { AuthorizationRequest, decide, Decisions, held, refusedAll } from "./authorize.ts";

type Ports = { catalogue: Catalogue; verifier: Verifier };
type Request = z.output<typeof AuthorizationRequest>;

const authorize = createRoute({
  ...anyCaller(),
  method: "post",
  path: "/",
  summary: "Ask whether somebody may do something",
  description:
    "For the caller itself, a person or an API key; a service's key that holds `token:introspect` may ask for the holder of a `token` instead, one of an organization for that organization alone. " +
    "One permission, or up to 100 `checks`, which are answered in their order. A `resource` must be the organization's, and decides where a permission is held for one's own only.",
  tags: ["Verification"],
  request: { body: body(AuthorizationRequest) },
  responses: { ...problems, 200: json(Decisions, "The decision, or one for each check") },
});

export const authorizeRoutes = (ports: Ports) =>
  createRouter().openapi(authorize, async (c) => {
    const request = c.req.valid("json");
    const { permission, resource, checks = [{ permission: permission ?? "", resource }] } = request;
    const { token } = request;
    const who = token === undefined ? await itself(c, request) : await holder(ports, c.var.caller, request, token);
    const results =
      typeof who === "string"
        ? refusedAll(checks, who)
        : await decide(
            ports.catalogue,
            who,
            who.organization && organizationScope(c, c.var.caller, who.organization.id),
            checks,
          );
    c.header("Cache-Control", "no-store");
    return send(c, Decisions, request.checks ? { results } : results[0]!, 200);
  });

/** The caller in the organization that is named, else in the active one. */
async function itself(c: Context<Env>, { org }: Request): Promise<Verified> {
  const { caller: principal, standing: organization } = c.var;
  if (org === undefined || org === "current" || org === organization?.id || org === organization?.slug)
    return { principal, organization };
  // Asking again would count as another use.
  if (principal.type === "apiKey") return nobodyThere(principal);
  return (await c.var.gate.authenticate(c.req.raw.headers, organizationSelector(org) ?? { by: "none" })).verified;
}

/** Whoever holds the token, or why it is no good. A use of a metered key counts where it may do something of it. */
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
  // What a header can hold, where credentials otherwise come from.
  if (!/^[\x21-\x7e]+$/.test(token)) return "invalid_token";
  const kind = isApiKey(token) ? "apiKey" : "session";
  const boundTo = caller.organizationId;
  const named = org ?? (boundTo !== null && kind === "session" ? boundTo : "current");
  const mayKnow = ({ organization }: Verified) => boundTo === null || organization?.id === boundTo;
  const asked = (checks ?? [{ permission: permission ?? "" }]).map((check) => check.permission as Permission);
  const verdict = await verifier.verify(
    { kind, raw: token },
    organizationSelector(named) ?? { by: "none" },
    (verified) => mayKnow(verified) && asked.some((name) => /^(granted|own)$/.test(held(catalogue, verified, name))),
  );
  if (verdict.kind === "rate_limited" || verdict.kind === "quota_exceeded") return verdict.kind;
  if (verdict.kind !== "verified" || !mayKnow(verdict.kept)) return "invalid_token";
  const { principal, organization } = verdict.kept;
  return organization === null && org !== undefined && principal.type === "apiKey"
    ? nobodyThere(principal)
    : { principal, organization };
}

/** A key has one organization; in another it is nobody. */
const nobodyThere = (principal: ApiKeyPrincipal): Verified => ({
  principal: { ...principal, permissions: new Set() },
  organization: null,
});
