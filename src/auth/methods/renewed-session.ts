import { APIError, createAuthEndpoint } from "better-auth/api";
import { setSessionCookie } from "better-auth/cookies";
import { z } from "zod";

/** Hands out the session that a token belongs to by now: for the service itself, no route leads to it. */
export const sessionRenewal = () => ({
  id: "session-renewal" as const,
  endpoints: {
    handOutSession: createAuthEndpoint.serverOnly(
      { method: "POST", requireHeaders: true, body: z.object({ token: z.string() }) },
      async (ctx) => {
        const found = await ctx.context.internalAdapter.findSession(ctx.body.token);
        if (found === null) throw new APIError("UNAUTHORIZED");
        await setSessionCookie(ctx, found);
        return ctx.json(null);
      },
    ),
  },
});
