import { afterAll, beforeAll, describe, expect } from "bun:test";
import { chromiumPath } from "../harness/chromium.ts";
import { withFingerprint } from "../harness/fingerprint.ts";
import { password } from "../harness/people.ts";
import { reporting } from "../harness/reporting.ts";
import { openSite, type Site } from "../harness/site.ts";
import { authenticator } from "../harness/two-factor.ts";

if (chromiumPath === null) console.warn("skipped: pages in a browser, since Chromium isn't installed");

const userAgent =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36";

describe.skipIf(chromiumPath === null)("the account's pages of ways in", () => {
  let site: Site;
  const test = reporting(() => site.service);

  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test("a passkey is added by the browser's own dialog, renamed and removed", async () => {
    const { service, visit, look } = site;
    const who = await service.signUp({ name: "Ada Lovelace", email: "ada@example.com", verified: true });
    const page = await visit("/account/sign-in-methods", who, { userAgent });
    await withFingerprint(page);
    await page.getByRole("link", { name: "Add a passkey" }).click();
    expect(await page.getByLabel("Name").inputValue()).toBe("Chrome, Windows");
    await look(page, "account-passkey-new");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByText("The passkey is added.").waitFor();
    await look(page, "account-sign-in-methods");
    await page.getByRole("link", { name: "Rename Chrome, Windows" }).click();
    await page.getByLabel("Name").fill("Laptop");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: "Remove Laptop" }).click();
    await page.getByRole("heading", { name: "Remove Laptop?" }).waitFor();
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByText("The passkey is removed.").waitFor();
    expect(await page.getByText("Laptop").count()).toBe(0);
  });

  test("a passkey that the browser doesn't make is told, and the form is there for another try", async () => {
    const { service, visit } = site;
    const page = await visit("/account/sign-in-methods/passkeys/new", await service.signUp());
    const client = await page.context().newCDPSession(page);
    await client.send("WebAuthn.enable", { enableUI: false });
    await page.evaluate(() => {
      navigator.credentials.create = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    });
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByText("No passkey was made.").waitFor();
    expect(await page.locator("form.fields").getAttribute("aria-busy")).toBeNull();
  });

  test("the password is changed; a wrong one is told beside its field", async () => {
    const { service, visit, look } = site;
    const who = await service.signUp({ name: "Grace Hopper", email: "grace@example.com", verified: true });
    const page = await visit("/account/sign-in-methods/password", who);
    await page.getByLabel("Password now").fill("not this one");
    await page.getByLabel("New password").fill("a sentence to remember");
    await page.getByRole("button", { name: "Change it" }).click();
    await page.locator("#currentPassword-wrong").waitFor();
    await look(page, "account-password");
    await page.getByLabel("Password now").fill(password);
    await page.getByLabel("New password").fill("a sentence to remember");
    await page.getByRole("button", { name: "Change it" }).click();
    await page.getByText("Your password is changed.").waitFor();
  });

  test("the second factor is turned on by the app, with codes to keep, and asked for at the next sign-in", async () => {
    const { service, visit, look } = site;
    const who = await service.signUp({ name: "Barbara Liskov", email: "barbara@example.com", verified: true });
    const page = await visit("/account/two-factor", who);
    await page.getByRole("link", { name: "Set up a second factor" }).click();
    await page.getByLabel("Your password").fill(password);
    await page.getByRole("button", { name: "Begin" }).click();
    const picture = page.getByRole("img", { name: "A picture for the app to scan" });
    expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth > 0)).toBe(true);
    await page.getByLabel("Code from the app").fill("000000");
    await page.getByRole("button", { name: "Turn it on" }).click();
    await page.locator("#code-wrong").waitFor();
    await look(page, "account-two-factor-set-up");
    const uri = await page.locator("input[name=uri]").getAttribute("value");
    await page.getByLabel("Code from the app").fill(await authenticator(uri ?? "")());
    await page.getByRole("button", { name: "Turn it on" }).click();
    await page.getByRole("heading", { name: "Your backup codes" }).waitFor();
    const codes = ((await page.locator("#codes").textContent()) ?? "").trim().split("\n");
    expect(codes).toHaveLength(10);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download" }).click(),
    ]);
    expect((await Bun.file(await download.path()).text()).trim().split("\n")).toEqual(codes);
    await look(page, "account-backup-codes");
    await page.getByRole("link", { name: "I have kept them" }).click();
    await page.getByText("You have 10 backup codes left.").waitFor();
    await look(page, "account-two-factor");
    await page.getByRole("link", { name: "Turn it off" }).click();
    await page.getByLabel("Your password").fill(password);
    await page.getByRole("button", { name: "Turn it off" }).click();
    await page.getByText("The second factor is off.").waitFor();
  });

  test("without JavaScript, all but passkeys: the password proves who signed in long ago", async () => {
    const { service, visit } = site;
    const who = await service.signUp({ verified: true });
    await service.database.statement(
      "",
      "update session set authenticated_at = now() - interval '1 hour', created_at = now() - interval '1 hour' where id = $1",
      [who.sessionId],
    );
    const page = await visit("/account/two-factor/set-up", who, { javaScriptEnabled: false });
    await page.getByLabel("Your password").fill(password);
    await page.getByRole("button", { name: "Begin" }).click();
    const uri = await page.locator("input[name=uri]").getAttribute("value");
    await page.getByLabel("Code from the app").fill(await authenticator(uri ?? "")());
    await page.getByRole("button", { name: "Turn it on" }).click();
    await page.getByRole("heading", { name: "Your backup codes" }).waitFor();
    await page.goto(`${site.url}/account/sign-in-methods/passkeys/new`);
    await page.getByRole("heading", { name: "Add a passkey" }).waitFor();
    expect(await page.getByRole("button", { name: "Add a passkey" }).isVisible()).toBe(false);
    await page.goto(`${site.url}/account/data/delete`);
    await page.getByLabel("Your password").fill(password);
    await page.getByRole("button", { name: "Delete my account" }).click();
    await page.getByText("Your account is deleted.").waitFor();
  });
});
