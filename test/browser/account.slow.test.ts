import { afterAll, beforeAll, describe, expect } from "bun:test";
import { chromiumPath } from "../harness/chromium.ts";
import { password } from "../harness/people.ts";
import { reporting } from "../harness/reporting.ts";
import { openSite, type Site } from "../harness/site.ts";

if (chromiumPath === null) console.warn("skipped: pages in a browser, since Chromium isn't installed");

describe.skipIf(chromiumPath === null)("the account's pages", () => {
  let site: Site;
  const test = reporting(() => site.service);

  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test("of the profile: a name, a picture, and the address with what can be done about it", async () => {
    const { service, visit, look } = site;
    const page = await visit("/account", await service.signUp({ name: "Ada Lovelace", email: "ada@example.com" }));
    await page.getByLabel("Picture").fill("https://pictures.example/ada.png");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    await page.getByRole("button", { name: "Send the mail again" }).click();
    await page.getByText("We have sent a mail to ada@example.com.").waitFor();
    await look(page, "account-profile");
    await page.getByRole("link", { name: "Change your address" }).click();
    await page.getByLabel("New address").fill("countess@example.com");
    await look(page, "account-email");
    await page.getByRole("button", { name: "Send the mail" }).click();
    await page.getByText("We have sent a mail. Follow its link").waitFor();
  });

  test("of the preferences: colours and language change at once, and times are in the zone that was chosen", async () => {
    const { service, visit, look } = site;
    const page = await visit("/account/preferences", await service.signUp({ name: "Grace Hopper" }));
    await look(page, "account-preferences");
    await page.getByLabel("Language").selectOption("German");
    await page.getByLabel("Time zone").fill("Asia/Tokyo");
    await page.getByLabel("Colours").selectOption("Dark");
    await page.getByLabel("a task that somebody assigns to me").uncheck();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Gespeichert.").waitFor();
    expect(await page.getByLabel("Zeitzone").inputValue()).toBe("Asia/Tokyo");
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe("dark");
    await page.getByRole("link", { name: "Geräte" }).click();
    const time = page.locator("td time").first();
    const inTokyo = new Intl.DateTimeFormat("de", { dateStyle: "medium", timeStyle: "short", timeZone: "Asia/Tokyo" });
    expect(await time.textContent()).toBe(inTokyo.format(new Date((await time.getAttribute("datetime")) ?? "")));
  });

  test("of devices: another one is signed out, and a page kept open there leads to the sign-in page", async () => {
    const { service, visit, look } = site;
    const who = await service.signUp({ name: "Edsger Dijkstra", email: "edsger@example.com", verified: true });
    const other = await visit("/auth/sign-in", undefined, {
      userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Firefox/145.0",
    });
    await other.getByLabel("E-mail").fill(who.email);
    await other.getByLabel("Password").fill(password);
    await other.getByRole("button", { name: "Sign in", exact: true }).click();
    await other.getByRole("heading", { name: "Profile" }).waitFor();
    const page = await visit("/account/sessions", who);
    await look(page, "account-sessions");
    await page.getByRole("link", { name: "Sign out Firefox on macOS" }).click();
    await look(page, "account-session-end");
    await page.getByRole("button", { name: "Sign out", exact: true }).last().click();
    await page.getByText("Signed out.").waitFor();
    expect(await page.locator("tbody tr").count()).toBe(1);
    await other.getByRole("button", { name: "Save" }).click();
    await other.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  test("of activity: what was done, by day", async () => {
    const { service, visit, look } = site;
    const { owner, slug } = await service.organization(await service.signUp({ name: "Barbara Liskov" }));
    await owner.post(`/v1/orgs/${slug}/projects`, { name: "CLU" });
    const page = await visit("/account/activity", owner);
    await page.getByRole("cell", { name: "Project created" }).waitFor();
    await look(page, "account-activity");
    await page.getByLabel("Period").selectOption("the last 7 days");
    await page.getByRole("button", { name: "Show" }).click();
    expect(await page.getByLabel("Period").inputValue()).toBe("7");
  });
});
