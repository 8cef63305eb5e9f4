import { createHmac } from "node:crypto";
import { emailOTP } from "better-auth/plugins/email-otp";

/** How long a mailed code works, and how often it may be mistyped. */
const [minutes, attempts] = [10, 3];

/**
 * Sign-in by a code of six digits that is mailed. It proves the mailbox: an account that nobody had verified loses its
 * password and its sessions, since whoever made it never proved it.
 *
 * @param secret keys the hash that is stored, so that the database alone doesn't give a code away.
 * @param deliver sends a code.
 */
export const emailCode = (secret: string, deliver: (to: string, code: string, minutes: number) => Promise<void>) =>
  emailOTP({
    otpLength: 6,
    expiresIn: minutes * 60,
    allowedAttempts: attempts,
    storeOTP: { hash: async (code) => createHmac("sha256", secret).update(`email-code:${code}`).digest("base64url") },
    sendVerificationOTP: ({ email, otp }) => deliver(email, otp, minutes),
  });
