import { type Problem, problem } from "./problem.ts";

export const TwoFactorRequired = problem("two_factor_required", 403, "A second factor is required");
export const FreshSignInRequired = problem("fresh_sign_in_required", 403, "A recent sign-in is required");

/** Whether a sign-in is recent enough for what is sensitive. @param maxAge seconds. */
export const isFresh = (authenticatedAt: Date, now: Date, maxAge: number): boolean =>
  now.getTime() - authenticatedAt.getTime() < maxAge * 1000;

/** The 403 that asks for another sign-in, with the page where to go. @param maxAge seconds that a sign-in is recent. */
export function freshSignInRequired(baseUrl: string, maxAge: number): Problem {
  const signIn = `${baseUrl}/auth/sign-in?reauthenticate=1`;
  return FreshSignInRequired(
    `This takes a sign-in of the last ${minutes(maxAge)}. Sign in again at ${signIn}, with the place to come back to as \`return_to\`.`,
    {
      members: { signIn },
      // RFC 9470 §3.
      headers: {
        "WWW-Authenticate": `Bearer error="insufficient_user_authentication", error_description="A more recent sign-in is required", max_age="${maxAge}"`,
      },
    },
  );
}

/** The 403 for somebody who lacks the second factor that an organization requires, with the page where to go. */
export function twoFactorRequired(baseUrl: string): Problem {
  const secondFactor = `${baseUrl}/account/two-factor`;
  return TwoFactorRequired(
    `This organization requires a second factor. Set one up at ${secondFactor}, or sign in with the one that you have.`,
    { members: { secondFactor } },
  );
}

/**
 * Whether a session falls short of what an organization requires of its members.
 *
 * @param requiredFrom from when on it does; null where it doesn't.
 * @param factors how many factors were proven in the session; two are enough, whichever they were.
 */
export const lacksSecondFactor = (requiredFrom: Date | null, factors: number, now: Date): boolean =>
  requiredFrom !== null && requiredFrom <= now && factors < 2;

const minutes = (seconds: number): string => {
  const [count, unit] = seconds % 60 === 0 ? [seconds / 60, "minute"] : [seconds, "second"];
  return count === 1 ? unit : `${count} ${unit}s`;
};
