import {
  Events,
  type MutableRedirectUri,
  type MutableResponse,
  type MutableToken,
  OAuth2Server,
} from "oauth2-mock-server";

/** Somebody else's OpenID Connect provider, with real keys and tokens. */
export interface OpenIdProvider extends AsyncDisposable {
  readonly issuer: string;
  /** What the settings say of it, under this name. */
  env(name: string): Record<string, string>;
  /** What it says of who signs in; undefined leaves a claim out. */
  claims: Record<string, unknown>;
  /** Alters the next answers of the token endpoint. */
  onToken: (response: MutableResponse) => void;
  /** Alters where the browser is sent back to. */
  onRedirect: (url: URL) => void;
  /** From now on nothing answers there. */
  stop(): Promise<void>;
}

export async function openProvider(): Promise<OpenIdProvider> {
  const server = new OAuth2Server();
  await server.issuer.keys.generate("RS256");
  await server.start(0, "127.0.0.1");
  const issuer = server.issuer.url ?? "";
  let running = true;
  const provider: OpenIdProvider = {
    issuer,
    env: (name) => ({
      [`OIDC_${name}_ISSUER`]: issuer,
      [`OIDC_${name}_CLIENT_ID`]: "gatehouse",
      [`OIDC_${name}_CLIENT_SECRET`]: "a secret of the provider's",
    }),
    claims: {},
    onToken: () => {},
    onRedirect: () => {},
    async stop() {
      if (running) await server.stop();
      running = false;
    },
    [Symbol.asyncDispose]: () => provider.stop(),
  };
  server.service.on(
    Events.BeforeTokenSigning,
    ({ payload }: MutableToken) => void Object.assign(payload, provider.claims),
  );
  server.service.on(Events.BeforeResponse, (response: MutableResponse) => provider.onToken(response));
  server.service.on(Events.BeforeAuthorizeRedirect, ({ url }: MutableRedirectUri) => provider.onRedirect(url));
  server.service.on(Events.BeforeUserinfo, (response: MutableResponse) => {
    response.body = { sub: "johndoe", ...provider.claims };
  });
  return provider;
}
