import { tryGetCurrentAuthEndpointContext } from "@better-auth/core/context";
import { createAuthEndpoint, verifyEmail } from "better-auth/api";
import { z } from "zod";
import { pageLink, returnToOf } from "../../core/page-link.ts";
import { opensMinutes } from "../../mail/letter.ts";
import { refuseOtherSessions } from "../guard/verification.ts";
import { authCall, withAuthCall } from "../store/auth-call.ts";
import { mailedLinks } from "../store/mailed-links.ts";
import { inside, invalidToken } from "./nested.ts";

/** What the link of such a mail stands for: better-auth's token, whose address it verifies, and where it leads. */
export const VerificationLink = z.object({ jwt: z.string(), userId: z.string(), returnTo: z.string().optional() });

/** What better-auth mails an address for. */
type Asked = { user: { id: string }; url: string; token: string };

/**
 * Makes the link that is mailed in the place of better-auth's: that one works for an hour, however often, and by GET.
 *
 * @returns its URL, and whether the address is a new one of somebody who has another.
 */
export async function verificationLink(baseUrl: string, { user, url, token }: Asked) {
  const context = tryGetCurrentAuthEndpointContext()?.context;
  if (!context) throw new Error("an address is verified outside of a request");
  const returnTo = returnToOf(url) ?? authCall()?.linkFor?.returnTo;
  const held = { jwt: token, userId: user.id, ...(returnTo === undefined ? {} : { returnTo }) };
  const payload: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  const changes = typeof payload === "object" && payload !== null && "updateTo" in payload;
  // As long as better-auth's token in it.
  const secret = await mailedLinks(context.internalAdapter).make("verification", held, opensMinutes.verifyEmail);
  return { changes, link: pageLink(baseUrl, changes ? "change-email" : "verify", secret, returnTo) };
}

/** Takes mailed links that verify or change an address, by POST alone: a mail scanner sends GET. */
export const verificationByPost = () => ({
  id: "mailed-verification" as const,
  endpoints: {
    verifyEmailByLink: createAuthEndpoint("/verify-email", { method: "POST", body: Followed }, async (ctx) => {
      const links = mailedLinks(ctx.context.internalAdapter);
      const held = VerificationLink.safeParse(await links.take("verification", ctx.body.token));
      if (!held.success) throw invalidToken();
      refuseOtherSessions(held.data.userId);
      const { jwt, returnTo } = held.data;
      const asked = { method: "GET", body: undefined, query: { token: jwt } };
      // The second mail of a change leads where the first one does.
      await withAuthCall({ linkFor: returnTo === undefined ? {} : { returnTo } }, () =>
        inside(ctx, verifyEmail, asked),
      );
      return ctx.json({ status: true });
    }),
  },
});

const Followed = z.object({
  token: z.string().meta({ description: "The fragment of the mailed link" }),
  password: z.string().max(128).optional().meta({ description: "The account's, where there is no session of it" }),
});
