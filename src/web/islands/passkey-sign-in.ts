const begin = "/api/auth/passkey/generate-authenticate-options";
const finish = "/api/auth/passkey/verify-authentication";

const refused = new Error("refused");

/** How long one offer is good; the service's challenge ends after five minutes. */
const offerMs = 4 * 60_000;

/** Signs in with a passkey: by the button, and by what the browser offers in the address field. */
export function passkeySignIn(): void {
  const button = document.querySelector<HTMLButtonElement>("button[data-passkey]");
  if (button === null) return;
  if (!("PublicKeyCredential" in window) || !("parseRequestOptionsFromJSON" in PublicKeyCredential)) {
    button.remove();
    return;
  }
  const failed = document.querySelector<HTMLElement>("[data-passkey-failed]");
  let pending = new AbortController();

  const signIn = async (mediation?: CredentialMediationRequirement): Promise<void> => {
    pending.abort();
    const { signal } = (pending = new AbortController());
    const options = await fetch(begin, { signal });
    if (!options.ok) throw new Error("no options");
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await options.json());
    const found = await navigator.credentials.get({ publicKey, signal, ...(mediation ? { mediation } : {}) });
    const response = await fetch(finish, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ response: (found as PublicKeyCredential).toJSON() }),
    });
    if (!response.ok) throw refused;
    const { twoFactorRedirect } = (await response.json()) as { twoFactorRedirect?: boolean };
    location.assign((button.dataset["then"] ?? "/") + (twoFactorRedirect ? "&twoFactorRedirect=true" : ""));
  };

  const offered = async (): Promise<void> => {
    if (!(await PublicKeyCredential.isConditionalMediationAvailable())) return;
    const again = setTimeout(offer, offerMs);
    await signIn("conditional").finally(() => clearTimeout(again));
  };
  const offer = (): void => {
    offered().catch((reason: unknown) => {
      // Whatever else ends an offer, nobody has done anything yet.
      if (reason === refused) failed?.classList.add("shown");
    });
  };

  button.addEventListener("click", () => {
    failed?.classList.remove("shown");
    signIn().catch(() => {
      failed?.classList.add("shown");
      offer();
    });
  });
  offer();
}
