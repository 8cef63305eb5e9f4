import { passkey } from "@better-auth/passkey";
import { APIError } from "better-auth/api";
import { authCall } from "../store/auth-call.ts";

/** Passkeys that one person has at most. */
const most = 20;

/** What passkeys are bound to. */
export type RelyingParty = {
  /** The domain that they are made for: this service's host, or a parent of it. */
  domain: string;
  /** Where they may be used: origins under that domain. */
  origins: readonly string[];
};

/**
 * Passkeys (Web Authentication Level 2). One that verified its user, by a fingerprint or a PIN, is two factors; one that
 * only showed that it is there is one.
 */
export const passkeys = ({ domain, origins }: RelyingParty) =>
  passkey({
    rpID: domain,
    rpName: "Gatehouse",
    origin: [...origins],
    registration: {
      afterVerification: async ({ ctx, user }) => {
        const where = [{ field: "userId", value: user.id }];
        if ((await ctx.context.adapter.count({ model: "passkey", where })) < most) return;
        throw new APIError("BAD_REQUEST", {
          code: "TOO_MANY_PASSKEYS",
          message: `A person has at most ${most} passkeys.`,
        });
      },
    },
    authentication: {
      afterVerification: async ({ verification }) => {
        const signIn = authCall()?.signIn;
        if (signIn) signIn.bothFactors = verification.authenticationInfo.userVerified;
      },
    },
  });
