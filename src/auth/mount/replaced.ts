import { sessionOf } from "../guard/session.ts";
import type { Auth } from "../options.ts";
import type { Call } from "./call.ts";

/**
 * Ends the session whose cookie a sign-in takes from its browser (OWASP ASVS 7.2.4): nobody signs out of it any more, and
 * whoever has planted or copied it would stay. A Bearer token isn't taken from anybody, so its session goes on.
 */
export function replacedSession(auth: Auth) {
  return async (call: Call, next: () => Promise<Response>): Promise<Response> => {
    const { route, request } = call;
    const cookie = request.headers.get("cookie");
    if ((route.begins === undefined && route.secondFactor === undefined) || cookie === null) return next();
    const { authCookies, internalAdapter } = await auth.$context;
    const { name } = authCookies.sessionToken;
    if (!cookie.includes(`${name}=`)) return next();
    const before = await sessionOf(auth, new Headers({ cookie }));
    const response = await next();
    if (before === null || response.status >= 400) return response;
    const { token } = before.session;
    // An answer may also renew the cookie of the same session.
    const taken = response.headers
      .getSetCookie()
      .some((each) => each.startsWith(`${name}=`) && !each.startsWith(`${name}=${token}.`));
    if (taken) await internalAdapter.deleteSession(token);
    return response;
  };
}
