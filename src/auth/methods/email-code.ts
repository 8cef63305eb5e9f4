import { createHmac } from "node:crypto";
import { createAuthEndpoint } from "better-auth/api";
import { emailOTP } from "better-auth/plugins/email-otp";
import { z } from "zod";
import { pageLink } from "../../core/page-link.ts";
import { opensMinutes } from "../../mail/letter.ts";
import { authCall, withAuthCall } from "../store/auth-call.ts";
import { mailedLinks } from "../store/mailed-links.ts";
import { inside, invalidToken } from "./nested.ts";

/** How long a mailed code works, and how often it may be mistyped. */
const [minutes, attempts] = [opensMinutes.signIn, 3];

type Options = {
  /** Keys the hash that is stored, so that the database alone doesn't give a code away. */
  secret: string;
  baseUrl: string;
  /** Sends the one mail that has both. */
  deliver: (to: string, mail: { code: string; link: string; minutes: number }) => Promise<void>;
};

/**
 * Sign-in by a mail with a link and a code of six digits, which are one: the link holds the code, so that whichever is
 * used first spends both. It proves the mailbox: an account that nobody had verified loses its password and its
 * sessions, since whoever made it never proved it.
 */
export function emailCode({ secret, baseUrl, deliver }: Options) {
  const codes = emailOTP({
    otpLength: 6,
    expiresIn: minutes * 60,
    allowedAttempts: attempts,
    storeOTP: { hash: async (code) => createHmac("sha256", secret).update(`email-code:${code}`).digest("base64url") },
    async sendVerificationOTP({ email, otp: code }, ctx) {
      if (!ctx) throw new Error("a code is mailed outside of a request");
      const { name, returnTo } = authCall()?.linkFor ?? {};
      const held: z.input<typeof Held> = { email, code, ...(name === undefined ? {} : { name }) };
      const token = await mailedLinks(ctx.context.internalAdapter).make("sign-in", held, minutes);
      await deliver(email, { code, link: pageLink(baseUrl, "link", token, returnTo), minutes });
    },
  });
  const { sendVerificationOTP, signInEmailOTP } = codes.endpoints;
  const links = {
    id: "mailed-sign-in" as const,
    endpoints: {
      // As better-auth's magic link plugin has it, so that its client works.
      signInMagicLink: createAuthEndpoint("/sign-in/magic-link", { method: "POST", body: Asked }, async (ctx) => {
        const { email, name, callbackURL } = ctx.body;
        const linkFor = {
          ...(name === undefined ? {} : { name }),
          ...(callbackURL === undefined ? {} : { returnTo: callbackURL }),
        };
        await withAuthCall({ linkFor }, () => inside(ctx, sendVerificationOTP, { body: { email, type: "sign-in" } }));
        return ctx.json({ status: true });
      }),
      // better-auth's takes it by GET, which a mail scanner sends too.
      magicLinkVerify: createAuthEndpoint("/magic-link/verify", { method: "POST", body: Token }, async (ctx) => {
        const held = Held.safeParse(await mailedLinks(ctx.context.internalAdapter).take("sign-in", ctx.body.token));
        if (!held.success) throw invalidToken();
        const { email, code, name } = held.data;
        const body = { email, otp: code, ...(name === undefined ? {} : { name }) };
        return ctx.json(await inside(ctx, signInEmailOTP, { body }));
      }),
    },
  };
  return [codes, links] as const;
}

const Asked = z.object({
  email: z.email().meta({ description: "Who signs in, or up" }),
  name: z.string().max(255).optional().meta({ description: "What somebody new is called" }),
  callbackURL: z
    .string()
    .max(2048)
    .optional()
    .meta({ description: "Where the link's page leads, to a trusted origin" }),
});

const Token = z.object({ token: z.string().meta({ description: "The fragment of the mailed link" }) });

/** What a link of such a mail stands for. */
const Held = z.object({ email: z.string(), code: z.string(), name: z.string().optional() });
