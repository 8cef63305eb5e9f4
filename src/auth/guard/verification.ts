import { tryGetCurrentAuthEndpointContext } from "@better-auth/core/context";
import { APIError } from "better-auth/api";
import { authCall } from "../store/auth-call.ts";

/** The refusal of a mailed link to who isn't known to have the account. */
const signInToVerify = {
  code: "SIGN_IN_TO_VERIFY",
  message: "Sign in to the account first, or give its password.",
};

/** Refuses where neither the request's session nor its password is this user's. @throws APIError 401. */
export function refuseOtherSessions(userId: string): void {
  if (authCall()?.verifying?.userId !== userId) throw new APIError("UNAUTHORIZED", signInToVerify);
}

/** Ends a user's sessions but the one that verified the address: others may be of who registered with it before. */
export async function endOtherSessions(userId: string): Promise<void> {
  const adapter = tryGetCurrentAuthEndpointContext()?.context.adapter;
  const verifying = authCall()?.verifying;
  if (adapter === undefined || !verifying) throw new Error("an address is verified by nobody");
  const kept = verifying.sessionId;
  const where = [
    { field: "userId", value: userId },
    ...(kept === null ? [] : [{ field: "id", value: kept, operator: "ne" as const }]),
  ];
  await adapter.deleteMany({ model: "session", where });
}
