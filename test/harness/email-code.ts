import type { Actor } from "./actor.ts";
import type { Service } from "./app.ts";
import { cookieOf } from "./cookies.ts";
import { holding } from "./two-factor.ts";

/** Asks for a code to sign in with, and reads it in the mail. */
export async function mailedCode({ anonymous, mails }: Service, email: string): Promise<string> {
  const answer = await anonymous.post("/api/auth/email-otp/send-verification-otp", { email, type: "sign-in" });
  if (answer.status !== 200) throw new Error(answer.text);
  return /^\d{6}$/m.exec(mails.findLast(({ to }) => to === email)?.text ?? "")?.[0] ?? "";
}

/** Somebody who has signed up by a code, and so has no password. */
export async function signedUpByCode(service: Service, email: string): Promise<Actor> {
  const otp = await mailedCode(service, email);
  const { headers } = await service.anonymous.post("/api/auth/sign-in/email-otp", { email, otp });
  return { ...holding(service, cookieOf(headers)), email };
}
