import { afterAll, beforeAll, describe, expect } from "bun:test";
import { chromiumPath } from "../harness/chromium.ts";
import { password } from "../harness/people.ts";
import { reporting } from "../harness/reporting.ts";
import { openSite, type Site } from "../harness/site.ts";

if (chromiumPath === null) console.warn("skipped: pages in a browser, since Chromium isn't installed");

describe.skipIf(chromiumPath === null)("the account's pages of what belongs to it", () => {
  let site: Site;
  const test = reporting(() => site.service);

  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test("an organization is founded; its last owner can't leave, another member can", async () => {
    const { service, visit, look } = site;
    const page = await visit("/account/organizations", await service.signUp({ name: "Ada Lovelace" }));
    await look(page, "account-no-organizations");
    await page.getByRole("link", { name: "Create an organization" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Analytical Engines");
    await page.getByLabel("Name in web addresses").fill("No!");
    await page.getByRole("button", { name: "Create" }).click();
    await page.locator("#slug-wrong").waitFor();
    await look(page, "account-organization-new");
    await page.getByLabel("Name in web addresses").fill("");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByText("Analytical Engines is there. You own it.").waitFor();
    expect(new URL(page.url()).pathname).toBe("/console/analytical-engines");
    await page.getByRole("link", { name: "Organizations" }).click();
    await look(page, "account-organizations");
    await page.getByRole("link", { name: "Leave Analytical Engines" }).click();
    await page.getByRole("button", { name: "Leave" }).click();
    await page.getByRole("alert").waitFor();
    await look(page, "account-leave-refused");
  });

  test("an invitation is accepted and leads to the organization; another one is declined", async () => {
    const { service, visit, look } = site;
    const who = await service.signUp({ name: "Grace Hopper", email: "grace@example.com", verified: true });
    const owner = await service.signUp({ name: "Alan Turing" });
    for (const [name, slug] of [
      ["Harvard Computation Lab", "harvard"],
      ["Eckert & Mauchly", "eckert"],
    ]) {
      await owner.post("/v1/orgs", { name, slug });
      await owner.post(`/v1/orgs/${slug}/invitations`, { email: who.email, role: "member" });
    }
    const page = await visit("/account/invitations", who);
    await look(page, "account-invitations");
    await page.getByRole("link", { name: "Decline the invitation to Harvard Computation Lab" }).click();
    await page.getByRole("button", { name: "Decline" }).click();
    await page.getByText("Declined.").waitFor();
    await page.getByRole("button", { name: "Accept the invitation to Eckert & Mauchly" }).click();
    await page.getByText("Welcome to Eckert & Mauchly.").waitFor();
    expect(new URL(page.url()).pathname).toBe("/console/eckert");
    await page.goto(`${site.url}/account/invitations`);
    await page.getByRole("heading", { name: "No open invitations" }).waitFor();
  });

  test("one's data is downloaded, and the account deleted, which leads to the sign-in page", async () => {
    const { service, visit, look } = site;
    const page = await visit("/account/data", await service.signUp({ name: "Edsger Dijkstra" }));
    await look(page, "account-data");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download your data" }).click(),
    ]);
    expect(await Bun.file(await download.path()).json()).toMatchObject({ account: [{ name: "Edsger Dijkstra" }] });
    await page.getByRole("link", { name: "Delete your account" }).click();
    await page.getByLabel("Your password").fill("not this one");
    await page.getByRole("button", { name: "Delete my account" }).click();
    await page.locator("#password-wrong").waitFor();
    await look(page, "account-delete");
    await page.getByLabel("Your password").fill(password);
    await page.getByRole("button", { name: "Delete my account" }).click();
    await page.getByText("Your account is deleted.").waitFor();
    await page.goto(`${site.url}/account/data`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await page.getByText("Edsger Dijkstra").count()).toBe(0);
  });
});
