import { z } from "zod";
import { Passkey, SessionAndUser, Status, WebAuthnOptions } from "../answers.ts";
import type { AuthRoute } from "./route.ts";

export const passkeyRoutes: Record<string, AuthRoute> = {
  "GET /passkey/generate-register-options": {
    summary: "Begin to make a passkey",
    fresh: true,
    answers: WebAuthnOptions,
    method: "passkey",
    oneself: true,
  },
  "POST /passkey/verify-registration": {
    summary: "Keep the passkey that was made",
    fresh: true,
    answers: Passkey,
    method: "passkey",
    oneself: true,
    clientFaults: ["FAILED_TO_VERIFY_REGISTRATION"],
  },
  "GET /passkey/generate-authenticate-options": {
    summary: "Begin to sign in with a passkey",
    answers: WebAuthnOptions,
    method: "passkey",
    open: true,
  },
  "POST /passkey/verify-authentication": {
    summary: "Sign in with a passkey",
    answers: SessionAndUser,
    method: "passkey",
    begins: "passkey",
  },
  "GET /passkey/list-user-passkeys": { summary: "List your passkeys", answers: z.array(Passkey), method: "passkey" },
  "POST /passkey/delete-passkey": {
    summary: "Remove a passkey",
    answers: Status,
    method: "passkey",
    oneself: true,
    fresh: true,
  },
  "POST /passkey/update-passkey": {
    summary: "Rename a passkey",
    answers: z.object({ passkey: Passkey }),
    method: "passkey",
    oneself: true,
  },
};
