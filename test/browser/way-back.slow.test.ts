import { afterAll, beforeAll, describe, expect } from "bun:test";
import { chromiumPath } from "../harness/chromium.ts";
import { reporting } from "../harness/reporting.ts";
import { openSite, type Site } from "../harness/site.ts";

if (chromiumPath === null) console.warn("skipped: the way back in a browser, since Chromium isn't installed");

describe.skipIf(chromiumPath === null)("after signing out", () => {
  let site: Site;
  const test = reporting(() => site.service);

  beforeAll(async () => {
    site = await openSite({}, true);
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test("the way back shows nothing of who has left, in a browser that keeps pages", async () => {
    const page = await site.visit("/account", await site.service.signUp({ name: "Ada Lovelace" }));
    await page.getByText("Ada Lovelace").first().waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await page.getByText("Ada Lovelace").count()).toBe(0);
    expect(new URL(page.url()).pathname).toBe("/auth/sign-in");
  });

  test("another tab that is still open can change nothing, and leads to the sign-in page", async () => {
    const who = await site.service.signUp({ name: "Grace Hopper" });
    const page = await site.visit("/account", who);
    const other = await page.context().newPage();
    await other.goto(`${site.url}/account`);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await other.getByLabel("Name").fill("Changed");
    await other.getByRole("button", { name: "Save" }).click();
    await other.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  test("a list that is open follows what others change, keeps the focus, and ends with the session", async () => {
    const who = await site.service.signUp({ name: "Ada Lovelace" });
    await who.post("/v1/orgs", { name: "Acme", slug: "acme-live" });
    const page = await site.visit("/console/acme-live/projects", who);
    const looks: number[] = [];
    page.on("response", (response) => {
      if (response.request().headers()["x-live"]) looks.push(response.status());
    });
    /** As when its tab comes to the front. */
    const look = async () => {
      const answered = page.waitForResponse((response) => response.request().headers()["x-live"] !== undefined);
      await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
      await answered;
    };
    await page.getByText("No projects yet").waitFor();
    await page.getByLabel("Search projects").fill("half a wo");
    await who.post("/v1/orgs/acme-live/projects", { name: "Apollo" });
    await look();
    await page.getByRole("link", { name: "Apollo", exact: true }).waitFor();
    await page.getByRole("link", { name: "Edit: Apollo" }).focus();
    await look();
    await who.post("/v1/orgs/acme-live/projects", { name: "Gemini" });
    await look();
    await page.getByRole("link", { name: "Gemini", exact: true }).waitFor();
    expect(looks).toEqual([200, 304, 200]);
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Edit: Apollo");
    expect(await page.getByLabel("Search projects").inputValue()).toBe("half a wo");

    await who.delete("/v1/me/sessions/" + who.sessionId);
    await look();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await page.getByText("Apollo").count()).toBe(0);
  });

  test("a second click on a form that is under way sends nothing", async () => {
    const page = await site.visit("/account", await site.service.signUp());
    const sent: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST") sent.push(request.url());
    });
    await page.getByLabel("Name").fill("Once");
    await page.getByRole("button", { name: "Save" }).evaluate((button: HTMLButtonElement) => {
      button.click();
      button.click();
    });
    await page.getByText("Saved.").waitFor();
    expect(sent).toHaveLength(1);
  });
});
