import { anonymous } from "better-auth/plugins/anonymous";
import { anonymousDomain } from "../../core/sign-in.ts";

/**
 * Sessions of people without an account. The plugin's hook moves nothing where a second factor comes after the first, nor
 * does it tell when that fails: `mount/replaced.ts` does it for every way in.
 */
export function anonymousSessions() {
  const { hooks: _, ...plugin } = anonymous({ emailDomainName: anonymousDomain });
  return plugin;
}
