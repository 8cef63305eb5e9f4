import { z } from "zod";
import type { Provider } from "../core/sign-in.ts";

type Env = Readonly<Record<string, string | undefined>>;

const credential = z.string().max(2048).optional();

export const providerSettings = z.object({
  GOOGLE_CLIENT_ID: credential.describe("Lets people sign in with Google, with `GOOGLE_CLIENT_SECRET`"),
  GOOGLE_CLIENT_SECRET: credential.describe("The secret of Google's client"),
  GITHUB_CLIENT_ID: credential.describe("Lets people sign in with GitHub, with `GITHUB_CLIENT_SECRET`"),
  GITHUB_CLIENT_SECRET: credential.describe("The secret of GitHub's client"),
});

/** Settings of OpenID Connect providers, as many as one likes: what is between is the name that routes use. */
const named = /^OIDC_([A-Z0-9](?:[A-Z0-9_]{0,30}[A-Z0-9])?)_(ISSUER|CLIENT_ID|CLIENT_SECRET|LABEL)$/;
const parts = ["ISSUER", "CLIENT_ID", "CLIENT_SECRET"] as const;

/** Ids that stand for something else in stored accounts. */
const taken = new Set(["google", "github", "credential", "siwe", "anonymous"]);

/** The providers that the settings name, in their order. */
export function providerConfig(env: Env): Provider[] {
  const known = (["google", "github"] as const).flatMap((kind): Provider[] => {
    const name = kind.toUpperCase();
    const [clientId, clientSecret] = [env[`${name}_CLIENT_ID`], env[`${name}_CLIENT_SECRET`]];
    if (!clientId || !clientSecret) return [];
    return [{ id: kind, kind, label: kind === "google" ? "Google" : "GitHub", clientId, clientSecret, issuer: "" }];
  });
  const others = namesIn(env).map((name): Provider => {
    const of = (part: string) => env[`OIDC_${name}_${part}`] ?? "";
    return {
      id: idOf(name),
      kind: "oidc",
      label: of("LABEL") || name.charAt(0) + name.slice(1).toLowerCase().replaceAll("_", " "),
      clientId: of("CLIENT_ID"),
      clientSecret: of("CLIENT_SECRET"),
      issuer: of("ISSUER").replace(/\/$/, ""),
    };
  });
  return [...known, ...others];
}

/** What is wrong with the providers' settings. */
export function providerFaults(env: Env): [string, string][] {
  const faults: [string, string][] = [];
  for (const name of ["GOOGLE", "GITHUB"]) {
    const [id, secret] = [`${name}_CLIENT_ID`, `${name}_CLIENT_SECRET`];
    if (env[id] && !env[secret]) faults.push([secret, `must be set beside ${id}`]);
    if (env[secret] && !env[id]) faults.push([id, `must be set beside ${secret}`]);
  }
  for (const name of Object.keys(env))
    if (name.startsWith("OIDC_") && !named.test(name))
      faults.push([name, "isn't a setting: OIDC_<NAME>_ is followed by ISSUER, CLIENT_ID, CLIENT_SECRET or LABEL"]);
  for (const name of namesIn(env)) {
    for (const part of parts)
      if (!env[`OIDC_${name}_${part}`])
        faults.push([`OIDC_${name}_${part}`, `must be set: OIDC_${name} needs ${parts.join(", ")}`]);
    if (taken.has(idOf(name)))
      faults.push([`OIDC_${name}_ISSUER`, `${name} stands for something else: name it otherwise`]);
    const issuer = env[`OIDC_${name}_ISSUER`];
    if (issuer && !isIssuer(issuer, env["NODE_ENV"] === "production"))
      faults.push([`OIDC_${name}_ISSUER`, "must be the issuer's https URL, without a query"]);
    if ((env[`OIDC_${name}_LABEL`] ?? "").length > 64)
      faults.push([`OIDC_${name}_LABEL`, "must have at most 64 characters"]);
  }
  return faults;
}

const namesIn = (env: Env): string[] =>
  [...new Set(Object.keys(env).flatMap((name) => named.exec(name)?.[1] ?? []))].toSorted();

const idOf = (name: string): string => name.toLowerCase().replaceAll("_", "-");

/** OpenID Connect Discovery 1.0 §3: https, no query, no fragment. On one's own machine plain http will do. */
function isIssuer(text: string, production: boolean): boolean {
  if (!URL.canParse(text) || text.length > 2048) return false;
  const { protocol, hostname, search, hash, username } = new URL(text);
  const local = !production && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
  return (protocol === "https:" || (protocol === "http:" && local)) && search + hash + username === "";
}
