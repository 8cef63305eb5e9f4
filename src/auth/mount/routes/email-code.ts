import { mailRules } from "../../../mail/limits.ts";
import { Status, Success, TokenAndUser } from "../answers.ts";
import type { AuthRoute } from "./route.ts";

const byLink = "a mailed link does it: POST /send-verification-email, /request-password-reset, /change-email";

export const emailCodes: Record<string, AuthRoute> = {
  "POST /sign-in/magic-link": {
    summary: "Ask for a mailed link to sign in with, and a code",
    answers: Status,
    open: true,
    method: "emailCode",
    mails: mailRules.signInCode,
    evenMs: 50,
    limit: { max: 10, window: 60 },
  },
  "POST /magic-link/verify": {
    summary: "Sign in, or up, with a mailed link",
    answers: TokenAndUser,
    open: true,
    method: "emailCode",
    begins: "emailCode",
    atomic: true,
    limit: { max: 20, window: 60 },
  },
  "POST /email-otp/send-verification-otp": {
    summary: "Ask for a mailed code to sign in with, and a link",
    answers: Success,
    open: true,
    method: "emailCode",
    fixed: { type: "sign-in" },
    mails: mailRules.signInCode,
    evenMs: 50,
    limit: { max: 10, window: 60 },
  },
  "POST /sign-in/email-otp": {
    summary: "Sign in, or up, with a mailed code",
    answers: TokenAndUser,
    open: true,
    method: "emailCode",
    begins: "emailCode",
    guesses: "email",
    wrong: ["INVALID_OTP", "OTP_EXPIRED", "TOO_MANY_ATTEMPTS"],
    limit: { max: 20, window: 60 },
  },
  "POST /email-otp/check-verification-otp": { disabled: "POST /sign-in/email-otp" },
  "POST /email-otp/verify-email": { disabled: byLink },
  "POST /email-otp/request-password-reset": { disabled: byLink },
  "POST /forget-password/email-otp": { disabled: byLink },
  "POST /email-otp/reset-password": { disabled: byLink },
  "POST /email-otp/request-email-change": { disabled: byLink },
  "POST /email-otp/change-email": { disabled: byLink },
};
