import { genericOAuth, type GenericOAuthConfig } from "better-auth/plugins/generic-oauth";
import type { Provider } from "../../core/sign-in.ts";

/** How long the start waits for the providers to say what they are. One that doesn't is asked when somebody needs it. */
const discoveryMs = 3_000;

type Profile = Readonly<Record<string, unknown>>;

/** Google and GitHub, as better-auth knows them. */
export function socialProviders(providers: readonly Provider[]) {
  const known = providers.filter(({ kind }) => kind !== "oidc");
  return Object.fromEntries(
    known.map(({ kind, clientId, clientSecret }) => [
      kind,
      { clientId, clientSecret, mapProfileToUser: (profile: object) => shownAs(profile as Profile) },
    ]),
  );
}

/**
 * The OpenID Connect providers. Each proves who signs in by an ID token, which is verified against its keys, its issuer
 * and the nonce of this sign-in; the code is bound to the browser by PKCE.
 */
export function oidcProviders(providers: readonly Provider[]) {
  const config = providers
    .filter(({ kind }) => kind === "oidc")
    .map(({ id, label, issuer, clientId, clientSecret }): GenericOAuthConfig => ({
      providerId: id,
      name: label,
      discoveryUrl: `${issuer}/.well-known/openid-configuration`,
      clientId,
      clientSecret,
      scopes: ["openid", "email", "profile"],
      pkce: true,
      requireIdTokenVerification: true,
      mapProfileToUser: shownAs,
    }));
  const plugin = genericOAuth({ config });
  type Context = Parameters<typeof plugin.init>[0];
  return {
    ...plugin,
    // A provider that is away, or that hangs, keeps nobody from starting.
    async init(context: Context) {
      const pending = {
        socialProviders: context.socialProviders,
        genericOAuthPendingDiscovery: new Map(pendingOf(config)),
      };
      const late = Promise.withResolvers<{ context: typeof pending }>();
      const timer = setTimeout(() => late.resolve({ context: pending }), discoveryMs);
      try {
        return await Promise.race([plugin.init(context), late.promise]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

const pendingOf = (config: readonly GenericOAuthConfig[]) => config.map((each) => [each.providerId, each] as const);

/** What is taken over from a profile: a name that fits, and a picture that is a link of the web. */
function shownAs(profile: Profile): { name: string; image: string } {
  const text = (key: string) => {
    const value = profile[key];
    return typeof value === "string" ? value.replaceAll(/\p{Cc}/gu, " ").trim() : "";
  };
  const name = text("name") || text("preferred_username") || text("login") || text("email").split("@")[0] || "";
  const image = text("picture") || text("avatar_url");
  return {
    name: name.slice(0, 100).toWellFormed(),
    image: /^https?:\/\//i.test(image) && image.length <= 2048 ? image : (null as unknown as string),
  };
}
