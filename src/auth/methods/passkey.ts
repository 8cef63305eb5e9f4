import { passkey } from "@better-auth/passkey";
import { authCall } from "../store/auth-call.ts";

/** What passkeys are bound to. */
export type RelyingParty = {
  /** The domain that they are made for: this service's host, or a parent of it. */
  domain: string;
  /** Where they may be used: origins under that domain. */
  origins: readonly string[];
};

/**
 * Passkeys (Web Authentication Level 2). One that verified its user, by a fingerprint or a PIN, is two factors; one that
 * only showed that it is there is one. The database holds a person to twenty.
 */
export const passkeys = ({ domain, origins }: RelyingParty) =>
  passkey({
    rpID: domain,
    rpName: "Gatehouse",
    origin: [...origins],
    authentication: {
      afterVerification: async ({ verification }) => {
        const signIn = authCall()?.signIn;
        if (signIn) signIn.bothFactors = verification.authenticationInfo.userVerified;
      },
    },
  });
