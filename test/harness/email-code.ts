import type { Service } from "./app.ts";

/** Asks for a code to sign in with, and reads it in the mail. */
export async function mailedCode({ anonymous, mails }: Service, email: string): Promise<string> {
  const answer = await anonymous.post("/api/auth/email-otp/send-verification-otp", { email, type: "sign-in" });
  if (answer.status !== 200) throw new Error(answer.text);
  return /^\d{6}$/m.exec(mails.findLast(({ to }) => to === email)?.text ?? "")?.[0] ?? "";
}
