/** Makes a passkey with the options that the page brings, and sends it along with the form. */
export function addPasskey(): void {
  const field = document.querySelector<HTMLInputElement>("input[data-passkey-options]");
  const form = field?.form;
  if (!field || !form) return;
  const failed = document.querySelector<HTMLElement>("[data-passkey-failed]");
  const make = async (): Promise<void> => {
    const options = JSON.parse(field.dataset["passkeyOptions"] ?? "{}") as PublicKeyCredentialCreationOptionsJSON;
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const made = await navigator.credentials.create({ publicKey });
    field.value = JSON.stringify((made as PublicKeyCredential).toJSON());
    form.submit();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    make().catch(() => {
      form.removeAttribute("aria-busy");
      failed?.removeAttribute("hidden");
    });
  });
}
