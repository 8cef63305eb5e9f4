import { createHash } from "node:crypto";
import { overLimit } from "../core/rate-limit.ts";
import type { Limiter, LimitRule } from "../core/rate-limit.ts";

/** Mail to one recipient, whoever asks for it. What was sent before still works, so nobody is kept out by it. */
export const mailRules = {
  reset: { name: "mail-reset", points: 5, seconds: 3600 },
  verification: { name: "mail-verification", points: 5, seconds: 3600 },
  signInCode: { name: "mail-sign-in-code", points: 5, seconds: 3600 },
  signUp: { name: "mail-sign-up", points: 5, seconds: 3600 },
  invitation: { name: "mail-invitation", points: 10, seconds: 3600 },
} satisfies Record<string, LimitRule>;

/** What stands for an address in a count: nobody's address is kept, and a long one takes no more room. */
export const mailKey = (address: string): string =>
  createHash("sha256").update(address.trim().toLowerCase()).digest("base64url").slice(0, 22);

/**
 * Does what mails somebody, counted against the recipient before, so that any number at once is held. It isn't counted
 * where it fails.
 *
 * @param failed tells an answer that means failure; a rejection always does.
 * @throws 429 when the recipient has had enough.
 */
export async function mailing<T>(
  limiter: Limiter,
  rule: LimitRule,
  recipient: string,
  send: () => Promise<T>,
  failed: (answer: T) => boolean = () => false,
): Promise<T> {
  const key = mailKey(recipient);
  const { allowed, ...allowance } = await limiter.count(rule, key);
  if (!allowed) throw overLimit("This address has been sent enough mail for now. Try again later.", allowance);
  let good = false;
  try {
    const answer = await send();
    good = !failed(answer);
    return answer;
  } finally {
    if (!good) await limiter.giveBack(rule, key);
  }
}
