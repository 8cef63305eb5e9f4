import { type Problem, problem } from "./problem.ts";

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

const minutes = (seconds: number): string => {
  const [count, unit] = seconds % 60 === 0 ? [seconds / 60, "minute"] : [seconds, "second"];
  return count === 1 ? unit : `${count} ${unit}s`;
};
