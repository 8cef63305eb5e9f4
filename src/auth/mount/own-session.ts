import { refuse } from "../guard/access-rules.ts";
import { sessionOf } from "../guard/session.ts";
import type { Auth } from "../options.ts";
import { withAuthCall } from "../store/auth-call.ts";
import type { Call } from "./call.ts";

/**
 * Refuses what nobody does through another person's session, and lets an address be verified only in a session of its
 * account: a mailed link proves the mailbox, not who registered with it.
 */
export function ownSession(auth: Auth) {
  return async (call: Call, next: () => Promise<Response>): Promise<Response> => {
    const { route, request } = call;
    if (!route.oneself && !route.verifies) return next();
    const found = await sessionOf(auth, request.headers);
    if (route.oneself && found?.session.impersonatedBy)
      return refuse(403, "IMPERSONATING", "This isn't possible while impersonating.");
    if (!route.verifies) return next();
    const verifying = found === null ? null : { userId: found.user.id, sessionId: found.session.id };
    return withAuthCall({ verifying }, next);
  };
}
