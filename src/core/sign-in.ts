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
export type Method = "emailCode" | "passkey";
