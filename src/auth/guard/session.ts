import type { Auth } from "../options.ts";
import { authCall } from "../store/auth-call.ts";

/** The session that better-auth itself will see, and its user. @throws when the database can't say. */
export async function sessionOf(auth: Auth, headers: Headers) {
  const found = await auth.api.getSession({ headers, query: { disableRefresh: true } });
  const error = authCall()?.failure.error;
  if (error !== undefined) throw new Error("the session could not be read", { cause: error });
  return found;
}
