import { tryGetCurrentAuthEndpointContext } from "@better-auth/core/context";
import type { Person } from "../../passwords/personal.ts";

/**
 * Where a route names the person whose password it sets: its body has their name and address, or their id, or a
 * mailed token; or it is the session's own user.
 */
export type Whose = "body" | "userId" | "token" | "session";

/** Finds the person whose password the call under way sets, as its route says. @returns null where there is none. */
export async function personOf(whose: Whose): Promise<Person | null> {
  const endpoint = tryGetCurrentAuthEndpointContext();
  if (!endpoint) throw new Error("a password is set outside better-auth's routes, and nobody says whose");
  const { context } = endpoint;
  const { internalAdapter } = context;
  const given: Record<string, unknown> = { ...endpoint.query, ...endpoint.body };
  const user = (id: string) => internalAdapter.findUserById(id);
  switch (whose) {
    case "body":
      return { email: String(given.email), name: String(given.name) };
    case "userId":
      return user(String(given.userId));
    case "token": {
      const found = await internalAdapter.findVerificationValue(`reset-password:${String(given.token)}`);
      return found && user(found.value);
    }
    case "session":
      return context.session?.user ?? null;
  }
}
