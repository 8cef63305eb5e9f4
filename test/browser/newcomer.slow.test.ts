import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import PostalMime from "postal-mime";
import { chromiumPath, openBrowser } from "../harness/chromium.ts";
import { withFingerprint } from "../harness/fingerprint.ts";
import { password } from "../harness/people.ts";
import { openPlace, type Place } from "../harness/place.ts";
import { freePort, type ServiceProcess, startService } from "../harness/process.ts";
import { until } from "../harness/time.ts";
import { authenticator } from "../harness/two-factor.ts";

if (chromiumPath === null) console.warn("skipped: a newcomer in a browser, since Chromium isn't installed");

describe.skipIf(chromiumPath === null)("a newcomer, by pages alone", () => {
  let place: Place;
  let service: ServiceProcess;
  let browser: Browser;
  /** Answers that no newcomer should see. */
  const lost: string[] = [];

  beforeAll(async () => {
    const port = await freePort();
    [place, browser] = await Promise.all([openPlace(), openBrowser()]);
    const env = {
      ...place.env,
      PORT: String(port),
      PASSKEY_DOMAIN: "localhost",
      HOST: "localhost",
      SIGN_UP: "verified",
    };
    service = await startService({ env: { ...env, BASE_URL: `http://localhost:${port}` } });
  });
  afterAll(async () => {
    await browser?.close();
    await service?.[Symbol.asyncDispose]();
    await place?.[Symbol.asyncDispose]();
  });

  const arrive = async (url: string): Promise<Page> => {
    const context = await browser.newContext();
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    page.on("pageerror", (err) => void lost.push(err.message));
    page.on("response", (response) => {
      if (response.status() >= 400) lost.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(url);
    return page;
  };

  /** The link in the newest mail to somebody, as it lies in the service's directory. */
  const mailTo = async (address: string): Promise<string> => {
    const folder = join(place.directory, "mail");
    let link: string | undefined;
    await until(async () => {
      for (const name of (await readdir(folder)).toSorted().toReversed()) {
        const mail = await PostalMime.parse(await Bun.file(join(folder, name)).text());
        if (mail.to?.some((to) => to.address === address)) link = /https?:\/\/\S+/.exec(mail.text ?? "")?.[0];
        if (link !== undefined) return true;
      }
      return false;
    });
    return link ?? "";
  };

  const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
  const follow = (page: Page, name: string) => page.getByRole("link", { name, exact: true }).first().click();

  test("gets to an organization with an invited second person, a second factor and a passkey, and loses the way nowhere", async () => {
    const page = await arrive(`${service.url}/`);
    await follow(page, "Create an account");
    await page.getByLabel("Name").fill("Ada Lovelace");
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel("New password").fill(password);
    await press(page, "Create account");
    await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
    await page.goto(await mailTo("ada@example.com"));
    await page.getByLabel("Password").fill(password);
    await press(page, "Confirm the address");
    await page.getByText("Your address is confirmed.").waitFor();

    await follow(page, "Organizations");
    await follow(page, "Create an organization");
    await page.getByLabel("Name", { exact: true }).fill("Analytical Engines");
    await press(page, "Create");
    await page.getByText("Analytical Engines is there. You own it.").waitFor();
    await follow(page, "Invitations");
    await follow(page, "Invite somebody");
    await page.getByLabel("E-mail").fill("grace@example.com");
    await press(page, "Send the invitation");
    await page.getByText("grace@example.com gets an e-mail with a link").waitFor();

    const guest = await arrive(await mailTo("grace@example.com"));
    await press(guest, "Look at the invitation");
    await guest.getByRole("heading", { name: "Invitation to Analytical Engines" }).waitFor();
    await guest.getByLabel("Name").fill("Grace Hopper");
    await guest.getByLabel("New password").fill(password);
    await guest.getByRole("button", { name: /account/ }).click();
    await guest.getByRole("heading", { name: "Analytical Engines" }).waitFor();
    await follow(page, "Members");
    await page.getByText("Grace Hopper").first().waitFor();

    await follow(page, "Ada Lovelace");
    await follow(page, "Second factor");
    await follow(page, "Set up a second factor");
    await page.getByLabel("Your password").fill(password);
    await press(page, "Begin");
    const app = authenticator((await page.locator("input[name=uri]").getAttribute("value")) ?? "");
    await page.getByLabel("Code from the app").fill(await app());
    await press(page, "Turn it on");
    await page.getByRole("heading", { name: "Your backup codes" }).waitFor();
    await follow(page, "I have kept them");
    await withFingerprint(page);
    await follow(page, "Signing in");
    await follow(page, "Add a passkey");
    await press(page, "Add a passkey");
    await page.getByText("The passkey is added.").waitFor();

    await press(page, "Sign out");
    // The page offers the passkey by itself, and the finger is on the reader already.
    await page.getByRole("link", { name: "Ada Lovelace" }).waitFor();
    expect(lost).toEqual([]);
  });
});
