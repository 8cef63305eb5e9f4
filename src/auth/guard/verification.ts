import { tryGetCurrentAuthEndpointContext } from "@better-auth/core/context";
import { APIError } from "better-auth/api";
import { authCall } from "../store/auth-call.ts";

/** The refusal of a mailed link outside a session of its account. */
const signInToVerify = {
  code: "SIGN_IN_TO_VERIFY",
  message: "Sign in to the account first, and open the link again.",
};

/**
 * Refuses where the request has no session of this user.
 *
 * @throws APIError 401, or a redirect to the link's callback, which better-auth has found to be trusted.
 */
export function refuseOtherSessions(userId: string): void {
  if (authCall()?.verifying?.userId === userId) return;
  const context = tryGetCurrentAuthEndpointContext();
  const callback: unknown = context?.query?.callbackURL;
  if (typeof callback !== "string" || callback === "") throw new APIError("UNAUTHORIZED", signInToVerify);
  const [address = "", ...fragment] = callback.split("#");
  const location = [`${address}${address.includes("?") ? "&" : "?"}error=${signInToVerify.code}`, ...fragment].join(
    "#",
  );
  throw new APIError("FOUND", undefined, { location });
}

/** Ends a user's sessions but the one that verified the address: others may be of who registered with it before. */
export async function endOtherSessions(userId: string): Promise<void> {
  const adapter = tryGetCurrentAuthEndpointContext()?.context.adapter;
  const kept = authCall()?.verifying?.sessionId;
  if (adapter === undefined || kept === undefined) throw new Error("an address is verified in a session");
  const where = [
    { field: "userId", value: userId },
    { field: "id", value: kept, operator: "ne" as const },
  ];
  await adapter.deleteMany({ model: "session", where });
}
