import { refuse } from "../guard/access-rules.ts";
import { checkPassword } from "../guard/passwords.ts";
import { sessionOf } from "../guard/session.ts";
import { VerificationLink } from "../methods/verification.ts";
import type { Auth } from "../options.ts";
import { withAuthCall } from "../store/auth-call.ts";
import { mailedLinks } from "../store/mailed-links.ts";
import type { Call } from "./call.ts";

/**
 * Refuses what nobody does through another person's session, and lets an address be verified only in a session of its
 * account or by its password: a mailed link proves the mailbox, not who registered with it.
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
    const { password } = call.given;
    const userId = typeof password === "string" ? await personOfLink(auth, call) : null;
    if (typeof password !== "string" || userId === null || userId === verifying?.userId)
      return withAuthCall({ verifying }, next);
    const checked = await checkPassword(auth, userId, password, request.signal);
    if (!checked?.right) return refuse(400, "INVALID_PASSWORD", "Invalid password");
    return withAuthCall({ verifying: { userId, sessionId: null } }, next);
  };
}

/** Whose address the link in a call verifies; null for a link that doesn't work. */
async function personOfLink(auth: Auth, { given }: Call): Promise<string | null> {
  const { internalAdapter } = await auth.$context;
  const held = await mailedLinks(internalAdapter).read("verification", String(given.token));
  return VerificationLink.safeParse(held).data?.userId ?? null;
}
