export type FirstFactor = "password" | "emailCode" | "passkey" | "provider" | "anonymous";
export type SecondFactor = "totp" | "backupCode";
/** What opens a session, as its row names it. */
export type WayIn = Exclude<FirstFactor, "provider"> | `provider:${string}` | SecondFactor;

/** How a session begins, as far as the call under way says it. What it leaves out is as in the session that goes on. */
export type Began = { method?: WayIn; factors?: 1 | 2; at?: Date };

/** Read as the session is written: a passkey says only then whether it was two factors. */
export function began(signIn: { by?: WayIn; bothFactors?: boolean } | undefined, now: Date): Began {
  if (signIn?.by === undefined) return {};
  // Nobody has proven who they are: it is a recent sign-in at no time.
  if (signIn.by === "anonymous") return { method: signIn.by, factors: 1, at: new Date(0) };
  const both = signIn.bothFactors === true || signIn.by === "totp" || signIn.by === "backupCode";
  return { method: signIn.by, factors: both ? 2 : 1, at: now };
}
