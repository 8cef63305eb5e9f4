import { runWithAdapter, runWithTransaction } from "@better-auth/core/context";
import type { AuthContext } from "@better-auth/core";
import { router } from "better-auth/api";
import type { Logger } from "../core/log.ts";
import { constraintOf, isUnavailable, isUniqueViolation, sqlState } from "../db/errors.ts";
import { requestFailure } from "./adapter.ts";
import { type Auth, basePath, privateHeaders } from "./auth.ts";
import type { OrganizationGuard } from "./organization-guard.ts";

export type AuthHandler = (request: Request, client: { address: string; requestId: string }) => Promise<Response>;

// These write several rows and don't open a transaction of their own; a refusal must leave none.
const organizationRoutes =
  "create|update|delete|invite-member|accept-invitation|reject-invitation|cancel-invitation|remove-member|update-member-role|leave|create-role|update-role|delete-role";
const atomic = new RegExp(`^${basePath}/(delete-user|admin/remove-user|organization/(${organizationRoutes}))$`);

// What these begin, nobody can have asked about yet.
const beginning = new RegExp(`^[^?]*${basePath}/sign-(in|up)/[a-z]+$`);

class Refused extends Error {
  constructor(readonly response: Response) {
    super("refused");
  }
}

/**
 * Serves better-auth's routes: its router is built once, organization writes are one transaction each, and what the
 * database refuses becomes an answer that says so, in better-auth's own `{message, code}`.
 *
 * @param guard asks the service's own permissions first.
 * @param changed is called after a request that may have changed what somebody may do.
 */
export async function createAuthHandler(
  auth: Auth,
  log: Logger,
  guard: OrganizationGuard,
  changed: () => void,
): Promise<AuthHandler> {
  const context = await auth.$context;
  const { handler } = router(context as unknown as AuthContext, auth.options);
  const dispatch = async (request: Request): Promise<Response> => {
    const path = new URL(request.url).pathname;
    if (request.method !== "POST" || !atomic.test(path))
      return runWithAdapter(context.adapter as never, () => handler(request));
    return runWithTransaction(context.adapter as never, async () => {
      const response = await handler(request);
      if (response.status >= 400) throw new Refused(response);
      return response;
    });
  };
  return (request, client) => {
    const failure: { error?: unknown } = {};
    const told = (err: unknown): Response => {
      const response = refusal(err);
      if (response.status === 500) log.error({ err, requestId: client.requestId }, "an auth route failed");
      return response;
    };
    request.headers.set(privateHeaders.clientAddress, client.address);
    request.headers.set(privateHeaders.requestId, client.requestId);
    return requestFailure.run(failure, async () => {
      try {
        const response = await guard(request, dispatch);
        // A refusal changed nothing; were it counted, strangers could keep the cache behind its fence.
        if (request.method !== "GET" && response.status < 400 && !beginning.test(request.url)) changed();
        // better-auth tells some failures of the database as the client's fault, or as nothing found.
        if (failure.error && (response.status >= 400 || isUnavailable(failure.error))) return told(failure.error);
        return response;
      } catch (error) {
        return error instanceof Refused && !failure.error ? error.response : told(failure.error ?? error);
      }
    });
  };
}

/** What the database said, as a client may hear it. */
function refusal(error: unknown): Response {
  if (isUnavailable(error))
    return answer(503, "DATABASE_UNAVAILABLE", "Try again in a moment.", { "retry-after": "1" });
  const guard = guards[sqlState(error) ?? ""];
  if (guard) return answer(...guard);
  if (isUniqueViolation(error)) {
    const constraint = constraintOf(error);
    if (constraint === "organization_slug_unique")
      return answer(409, "ORGANIZATION_ALREADY_EXISTS", "Organization already exists");
    if (constraint === "member_organization_user_unique") {
      return answer(
        409,
        "USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION",
        "User is already a member of this organization",
      );
    }
    if (constraint === "organization_role_name_unique")
      return answer(400, "ROLE_NAME_IS_ALREADY_TAKEN", "That role name is already taken");
    if (constraint?.startsWith("user_email")) return answer(422, "USER_ALREADY_EXISTS", "User already exists.");
    return answer(409, "CONFLICT", "This already exists.");
  }
  if (constraintOf(error) === "organization_role_name")
    return answer(
      400,
      "INVALID_ROLE_NAME",
      "A role's name has at most 60 of a-z, 0-9, and single - and _ between them.",
    );
  return answer(500, "INTERNAL_SERVER_ERROR", "Something went wrong.");
}

/** What the schema's own guards refuse; where better-auth has words for it, in those. */
const guards: Record<string, [status: number, code: string, message: string]> = {
  GH001: [409, "LAST_OWNER", "An organization keeps at least one owner."],
  GH006: [409, "LAST_ADMINISTRATOR", "The platform keeps at least one administrator."],
  GH003: [400, "ROLE_NOT_FOUND", "Role not found"],
  GH004: [
    400,
    "ROLE_IS_ASSIGNED_TO_MEMBERS",
    "Members, open invitations or the default role name it. Please reassign them to a different role first",
  ],
  GH005: [409, "ENTRY_LOCKED", "The role has entries that the platform has locked."],
};

const answer = (status: number, code: string, message: string, headers: Record<string, string> = {}) =>
  Response.json({ message, code }, { status, headers: { "cache-control": "no-store", ...headers } });
