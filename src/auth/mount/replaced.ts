import type { Origin } from "../../core/audit.ts";
import { sessionOf } from "../guard/session.ts";
import type { Auth } from "../options.ts";
import type { Adopted } from "../store/adoption.ts";
import type { Call } from "./call.ts";

type Next = (call: Call) => Promise<Response>;

/**
 * Ends the session whose place a sign-in takes (OWASP ASVS 7.2.4): nobody signs out of it any more, and whoever has
 * planted or copied it would stay. A Bearer token isn't taken from anybody, so its session goes on. Of somebody without
 * an account, by either, all that is theirs goes to the account that they have signed in to.
 */
export function replacedSession(auth: Auth, adopted: Adopted) {
  return async (call: Call, next: Next): Promise<Response> => {
    const { route } = call;
    if (route.begins === undefined && route.secondFactor === undefined) return next(call);
    const { authCookies, internalAdapter } = await auth.$context;
    const { name } = authCookies.sessionToken;
    const before = await sessionBefore(auth, call, name);
    if (before === null) return next(call);
    const { token } = before.session;
    const anonymous = before.user.isAnonymous === true;
    // better-auth would take the code for one of the session that is there.
    const response = await next(anonymous && route.secondFactor !== undefined ? withoutSession(call, name) : call);
    const set = response.headers.getSetCookie().findLast((each) => each.startsWith(`${name}=`));
    // An answer may also renew the cookie of the same session.
    if (response.status >= 400 || set === undefined || set.startsWith(`${name}=${token}.`)) return response;
    if (!anonymous) {
      if (before.byCookie) await internalAdapter.deleteSession(token);
      return response;
    }
    const begun = await internalAdapter.findSession(set.slice(name.length + 1).split(".")[0] ?? "");
    // The second factor is asked for now: who they were is needed when it comes.
    if (begun === null) return withoutCookie(response, name);
    if (begun.user.id !== before.user.id) await adopted(before.user.id, begun.user.id, originOf(call));
    return response;
  };
}

/** The session that a request comes with; a cookie's where there are two. */
async function sessionBefore(auth: Auth, { request: { headers } }: Call, name: string) {
  const [cookie, authorization] = [headers.get("cookie"), headers.get("authorization")];
  const kept = cookie?.includes(`${name}=`) ? await sessionOf(auth, new Headers({ cookie })) : null;
  if (kept !== null) return { ...kept, byCookie: true };
  const borne = authorization === null ? null : await sessionOf(auth, new Headers({ authorization }));
  return borne && { ...borne, byCookie: false };
}

function withoutSession(call: Call, name: string): Call {
  const request = new Request(call.request);
  const cookies = (request.headers.get("cookie") ?? "").split(/; */);
  request.headers.set("cookie", cookies.filter((each) => !each.startsWith(`${name}=`)).join("; "));
  request.headers.delete("authorization");
  return { ...call, request };
}

function withoutCookie(response: Response, name: string): Response {
  const headers = new Headers(response.headers);
  headers.delete("set-cookie");
  for (const each of response.headers.getSetCookie())
    if (!each.startsWith(`${name}=`)) headers.append("set-cookie", each);
  return new Response(response.body, { status: response.status, headers });
}

const originOf = ({ client, request }: Call): Origin => ({
  requestId: client.requestId,
  ipAddress: client.address,
  userAgent: request.headers.get("user-agent")?.slice(0, 512) ?? null,
});
