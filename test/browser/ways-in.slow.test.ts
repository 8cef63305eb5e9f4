import { afterAll, beforeAll, describe, expect } from "bun:test";
import type { Page } from "playwright-core";
import { chromiumPath } from "../harness/chromium.ts";
import { password } from "../harness/people.ts";
import { type OpenIdProvider, openProvider } from "../harness/provider.ts";
import { reporting } from "../harness/reporting.ts";
import { openSite, type Site } from "../harness/site.ts";
import { enrolled } from "../harness/two-factor.ts";

if (chromiumPath === null) console.warn("skipped: the ways in in a browser, since Chromium isn't installed");

describe.skipIf(chromiumPath === null)("the ways in, in a browser", () => {
  let site: Site;
  let provider: OpenIdProvider;
  const test = reporting(() => site.service);

  beforeAll(async () => {
    provider = await openProvider();
    provider.claims = { sub: "ada", email: "ada@acme.example", email_verified: true, name: "Ada Lovelace" };
    site = await openSite({ ...provider.env("ACME"), OIDC_ACME_LABEL: "Acme" });
  });
  afterAll(async () => {
    await site?.[Symbol.asyncDispose]();
    await provider?.[Symbol.asyncDispose]();
  });

  const signIn = async (page: Page, email: string) => {
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  };
  const atHome = (page: Page) => page.getByRole("button", { name: "Sign out" }).waitFor();

  test("a second factor by the app, by a backup code, and not again on a device that is trusted", async () => {
    const { service, visit, look } = site;
    const { who, code, backupCodes } = await enrolled(service);
    const page = await visit("/account", undefined, { javaScriptEnabled: false });
    await signIn(page, who.email);
    await page.getByRole("heading", { name: "Second factor" }).waitFor();
    await page.getByLabel("Code").fill("000000");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("The code is wrong.").first().waitFor();
    const now = await code();
    await page.getByLabel("Code").fill(`${now.slice(0, 3)} ${now.slice(3)}`);
    await page.getByLabel("Don't ask on this device for 30 days").check();
    await page.getByRole("button", { name: "Sign in" }).click();
    await atHome(page);
    expect(new URL(page.url()).pathname).toBe("/account");
    await page.getByRole("button", { name: "Sign out" }).click();
    await signIn(page, who.email);
    await atHome(page);

    const other = await visit("/auth/sign-in");
    await signIn(other, who.email);
    await look(other, "two-factor");
    await other.getByRole("link", { name: "Use a backup code" }).click();
    await other.getByLabel("Backup code").fill(backupCodes[0] ?? "");
    await other.getByRole("button", { name: "Sign in" }).click();
    await atHome(other);
  });

  test("a passkey, by the button and by what the browser offers", async () => {
    const { service, visit, look } = site;
    const who = await service.signUp({ name: "Grace Hopper", email: "grace@example.com" });
    const page = await visit("/account", who);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("WebAuthn.enable", { enableUI: false });
    const options = {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    } as const;
    const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options });
    const made = await page.evaluate(async () => {
      const asked = await fetch("/api/auth/passkey/generate-register-options");
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await asked.json());
      const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ response: credential.toJSON(), name: "Laptop" });
      return (await fetch("/api/auth/passkey/verify-registration", { method: "POST", headers, body })).status;
    });
    expect(made).toBe(200);
    const present = (enabled: boolean) =>
      cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled });
    await present(false);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in with a passkey" }).waitFor();
    await look(page, "sign-in-ways");
    await present(true);
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await atHome(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    // The browser answers the offer at once, as if somebody had chosen it.
    await page.waitForURL((url) => url.pathname === "/account");
    await atHome(page);
  });

  test("a provider: there and back, what it refuses, and what to do", async () => {
    const { visit, look } = site;
    const page = await visit("/auth/sign-in?return_to=/account", undefined, { javaScriptEnabled: false });
    await page.getByRole("button", { name: "Continue with Acme" }).click();
    await atHome(page);
    expect(new URL(page.url()).pathname).toBe("/account");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("Last used").waitFor();
    provider.onRedirect = (url) => {
      url.searchParams.delete("code");
      url.searchParams.set("error", "access_denied");
    };
    await page.getByRole("button", { name: "Continue with Acme" }).click();
    await page.getByText("The provider says that you didn't agree.").waitFor();
    await page.getByRole("link", { name: "Back to signing in" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    const shown = await visit("/auth/error?error=account_not_linked");
    await shown.getByText("There is an account with this address already.").waitFor();
    await look(shown, "auth-error");
  });

  test("signing out asks first where a link leads there", async () => {
    const { service, visit, look } = site;
    const page = await visit("/auth/sign-out", await service.signUp({ name: "Alan Turing" }));
    await look(page, "sign-out");
    await page.locator("main").getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });
});
