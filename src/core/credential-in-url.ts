import { problem } from "./problem.ts";

export const CredentialInUrl = problem("credential_in_url", 400, "A credential must not be in a URL");

const credentialNames = /[?&](x[-_])?(api[-_]?key|access[-_]?token|session[-_]?token|token)=/i;
const anyApiKey = /gh_[0-9A-Za-z]{49}/;

/**
 * @param query with its question mark, or an empty text.
 * @throws 400 for a credential in a URL: by a parameter's name, or an API key by its form.
 */
export function refuseCredential(query: string, path = ""): void {
  if (!credentialNames.test(query) && !anyApiKey.test(query) && !anyApiKey.test(path)) return;
  throw CredentialInUrl("Send credentials as a header: a URL ends up in logs.");
}
