import { createHmac, timingSafeEqual } from "node:crypto";

type Mailed = { id: string; email: string; expiresAt: Date };

/** What an invitation's mail holds beside its id: who has it has read the mail. */
export type InvitationProof = {
  of(invitation: Mailed): string;
  fits(invitation: Mailed, given: string): boolean;
};

/**
 * Proofs by HMAC-SHA256: nothing is stored. One is worth as much as its invitation, and ends with it; sending the
 * invitation again makes another.
 *
 * @param secret the service's own, at least 32 characters.
 */
export function invitationProof(secret: string): InvitationProof {
  const of = ({ id, email, expiresAt }: Mailed): string =>
    createHmac("sha256", secret)
      .update(JSON.stringify(["invitation", id, email.toLowerCase(), expiresAt.getTime()]))
      .digest("base64url");
  return {
    of,
    fits: (invitation, given) => {
      const [right, theirs] = [Buffer.from(of(invitation)), Buffer.from(given)];
      return right.length === theirs.length && timingSafeEqual(right, theirs);
    },
  };
}
