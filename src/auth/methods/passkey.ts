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
 *
 * @param used is told of one by which somebody has proven themselves.
 */
export const passkeys = ({ domain, origins }: RelyingParty, used: (credentialId: string) => Promise<void>) =>
  passkey({
    rpID: domain,
    rpName: "Gatehouse",
    origin: [...origins],
    authentication: {
      afterVerification: async ({ verification, clientData }) => {
        const signIn = authCall()?.signIn;
        if (signIn) signIn.bothFactors = verification.authenticationInfo.userVerified;
        await used(clientData.id);
      },
    },
  });
