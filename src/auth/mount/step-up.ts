import type { Clock } from "../../core/clock.ts";
import { generateRandomString } from "better-auth/crypto";
import { freshSignInRequired, isFresh } from "../../core/assurance.ts";
import { isOwner } from "../../core/access/permission.ts";
import type { Limiter, LimitRule } from "../../core/rate-limit.ts";
import { refuse } from "../guard/access-rules.ts";
import { sessionOf } from "../guard/session.ts";
import type { Auth } from "../options.ts";
import type { Assurance } from "../store/assurance.ts";
import type { Call } from "./call.ts";
import { tooManyRequests } from "./refusals.ts";

type Ports = {
  auth: Auth;
  assurance: Assurance;
  limiter: Limiter;
  clock: Clock;
  baseUrl: string;
  /** Seconds. */
  freshAge: number;
};

/** Wrong codes that one user's sessions may try; better-auth counts those of a sign-in only. */
const guesses: LimitRule = { name: "code-guesses", points: 10, seconds: 15 * 60 };

/**
 * Asks for a recent sign-in where the route does, and takes note of a proof that is as good as one: the session's
 * person has proven themselves now, and by two factors where it was the second one's code. The session goes on under
 * another token (OWASP ASVS 7.2.4): whoever has copied the one before isn't raised with it.
 *
 * @throws from the step: 403, and 429 for too many codes.
 */
export function steppedUp({ auth, assurance, limiter, clock, baseUrl, freshAge }: Ports) {
  /** Ends the session that a code began which had been used before: its token isn't sent. */
  const signedInOnce = async (call: Call, response: Response): Promise<Response> => {
    if (!response.ok) return response;
    const { token, user } = (await response.clone().json()) as { token: string; user: { id: string } };
    if (await assurance.spendCode(user.id, codeOf(call))) return response;
    await (await auth.$context).internalAdapter.deleteSession(token);
    return refuse(401, "INVALID_CODE", usedBefore);
  };
  /** An answer that gives the session's new token. */
  const handedOut = async (asked: Headers, response: Response, token: string): Promise<Response> => {
    const { headers } = await auth.api.handOutSession({ headers: asked, body: { token }, returnHeaders: true });
    const given = new Headers(response.headers);
    for (const cookie of headers.getSetCookie()) given.append("set-cookie", cookie);
    for (const name of ["set-auth-token", "access-control-expose-headers"]) given.set(name, headers.get(name) ?? "");
    const body = (await response.json()) as object;
    return Response.json("token" in body ? { ...body, token } : body, { status: response.status, headers: given });
  };
  return async (call: Call, next: () => Promise<Response>): Promise<Response> => {
    const { route, request } = call;
    if (!route.proves && !asksFresh(call)) return next();
    const found = await sessionOf(auth, request.headers);
    if (found === null) return route.secondFactor === "totp" ? signedInOnce(call, await next()) : next();
    const { id } = found.session;
    if (!route.proves) {
      const at = await assurance.authenticatedAt(id);
      // Without one the session has just ended, which better-auth says.
      if (at !== null && !isFresh(at, clock(), freshAge)) throw freshSignInRequired(baseUrl, freshAge);
      return next();
    }
    const counts = route.secondFactor !== undefined;
    if (counts) {
      const { allowed, ...allowance } = await limiter.count(guesses, found.user.id);
      if (!allowed) throw tooManyRequests(allowance);
    }
    const response = await next();
    if (counts && response.status !== 401) await limiter.giveBack(guesses, found.user.id);
    if (response.ok && route.secondFactor === "totp" && !(await assurance.spendCode(found.user.id, codeOf(call))))
      return refuse(401, "INVALID_CODE", usedBefore);
    if (!response.ok) return response;
    const token = generateRandomString(32, "a-z", "A-Z", "0-9");
    const goesOn = await assurance.proven(id, clock(), route.secondFactor ?? null, token);
    // Turning the app on opens another session.
    return goesOn ? handedOut(request.headers, response, token) : response;
  };
}

const usedBefore = "This code was used before. Wait for the next one.";
const codeOf = ({ given: { code } }: Call): string => String(code);

const asksFresh = ({ route: { fresh }, given: { role } }: Call): boolean =>
  fresh === true || (fresh === "owner" && [role].flat().some((name) => typeof name === "string" && isOwner(name)));
