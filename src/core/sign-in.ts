/** Characters that a password has at least, and at most. */
export const passwordLength = { min: 8, max: 128 } as const;

/** A service that a person can sign in with, beside this one. */
export type Provider = {
  /** As routes and stored accounts name it. */
  id: string;
  kind: "google" | "github" | "oidc";
  /** What a button says. */
  label: string;
  clientId: string;
  clientSecret: string;
  /** Of an OpenID Connect provider: its URL, under which it publishes what it is. */
  issuer: string;
};

/** A way in that a setting switches. */
export type Method = "emailCode" | "passkey" | "anonymous";

/** Where the addresses of people without an account are: nowhere (RFC 6761 §6.4). */
export const anonymousDomain = "anonymous.placeholder.invalid";

/** Whether an address is made up for somebody without an account, so that nothing is mailed to it. */
export const isMadeUp = (address: string): boolean => address.toLowerCase().endsWith(`@${anonymousDomain}`);

/** The ways in that are on. */
export type Offered = { providers: readonly Pick<Provider, "id">[]; methods: ReadonlySet<Method> };

/** What somebody has to sign in with: their accounts' providers, `credential` for a password, and their passkeys. */
export type WaysIn = { accounts: readonly string[]; passkeys: number };

/** Whether somebody can sign in. What they have at a provider that isn't offered any more leads nowhere. */
export const canSignIn = ({ providers, methods }: Offered, { accounts, passkeys }: WaysIn): boolean =>
  methods.has("emailCode") ||
  (passkeys > 0 && methods.has("passkey")) ||
  accounts.some((provider) => provider === "credential" || providers.some(({ id }) => id === provider));
