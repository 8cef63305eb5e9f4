import { BackupCodes, Status, TokenAndUser, TotpUri, TwoFactorBegun } from "../answers.ts";
import type { AuthRoute } from "./route.ts";

/** A code has a million values: better-auth ends a challenge after five wrong ones, and locks a person out after ten. */
const guessed = { max: 10, window: 60 };

const ownPassword = { hashes: true, guesses: "session", oneself: true, fresh: true } as const;

// What verifies a code takes a session, or the cookie of a challenge that a sign-in began.
export const secondFactors: Record<string, AuthRoute> = {
  "POST /two-factor/enable": {
    summary: "Begin to use an authenticator app",
    answers: TwoFactorBegun,
    ...ownPassword,
    limit: guessed,
  },
  "POST /two-factor/disable": {
    summary: "End the second factor",
    answers: Status,
    ...ownPassword,
    hashes: "ahead",
    atomic: true,
    limit: guessed,
  },
  "POST /two-factor/get-totp-uri": {
    summary: "Read what an authenticator app scans",
    answers: TotpUri,
    ...ownPassword,
    limit: guessed,
  },
  "POST /two-factor/verify-totp": {
    summary: "Sign in with an authenticator app's code, or turn the app on",
    answers: TokenAndUser,
    secondFactor: "totp",
    proves: true,
    limit: guessed,
  },
  "POST /two-factor/generate-backup-codes": {
    summary: "Replace the backup codes",
    answers: BackupCodes,
    ...ownPassword,
    limit: guessed,
  },
  "POST /two-factor/verify-backup-code": {
    summary: "Sign in with a backup code, which works once",
    answers: TokenAndUser,
    secondFactor: "backupCode",
    proves: true,
    limit: guessed,
  },
  "POST /two-factor/send-otp": { disabled: "an authenticator app or a backup code" },
  "POST /two-factor/verify-otp": { disabled: "an authenticator app or a backup code" },
};
