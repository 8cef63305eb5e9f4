import { account } from "./routes/account.ts";
import { administration } from "./routes/administration.ts";
import { anonymousRoutes } from "./routes/anonymous.ts";
import { emailCodes } from "./routes/email-code.ts";
import { keys } from "./routes/keys.ts";
import { organizations } from "./routes/organizations.ts";
import { passkeyRoutes } from "./routes/passkey.ts";
import type { AuthRoute } from "./routes/route.ts";
import { secondFactors } from "./routes/two-factor.ts";

/** Every route of better-auth and its plugins, by method and path. */
export const authRoutes: Readonly<Record<string, AuthRoute>> = {
  ...account,
  ...administration,
  ...organizations,
  ...keys,
  ...secondFactors,
  ...emailCodes,
  ...passkeyRoutes,
  ...anonymousRoutes,
};

/** The paths of the routes that begin a session by one factor. */
export const beginning: ReadonlySet<string> = new Set(
  Object.entries(authRoutes).flatMap(([key, { begins }]) => (begins ? [key.split(" ")[1] ?? ""] : [])),
);

/** The routes with a parameter, as method and segments. */
const patterns = Object.keys(authRoutes)
  .filter((key) => key.includes("/:"))
  .map((key) => ({ key, segments: key.split("/") }));

/**
 * The declaration of a request's route.
 *
 * @param path behind the base path, as it is in the URL.
 * @returns its key in the table as well; undefined where better-auth has no such route.
 */
export function routeOf(method: string, path: string): { key: string; route: AuthRoute } | undefined {
  const exact = `${method} ${path}`;
  const segments = exact.split("/");
  const fits = (pattern: readonly string[]) =>
    pattern.length === segments.length &&
    pattern.every((part, at) => (part.startsWith(":") ? segments[at] !== "" : part === segments[at]));
  const key = Object.hasOwn(authRoutes, exact) ? exact : patterns.find((pattern) => fits(pattern.segments))?.key;
  const route = key === undefined || exact.includes("/:") ? undefined : authRoutes[key];
  return key === undefined || route === undefined ? undefined : { key, route };
}
