import { afterAll, beforeAll, describe, expect } from "bun:test";
import { chromiumPath } from "../harness/chromium.ts";
import { password } from "../harness/people.ts";
import { reporting } from "../harness/reporting.ts";
import { openSite, type Site } from "../harness/site.ts";

if (chromiumPath === null) console.warn("skipped: pages in a browser, since Chromium isn't installed");

describe.skipIf(chromiumPath === null)("pages", () => {
  let site: Site;
  const test = reporting(() => site.service);

  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test("of sign-in: a wrong password is told beside the form, the right one leads to the account", async () => {
    const { service, visit, look } = site;
    const { email } = await service.signUp({ name: "Ada Lovelace", email: "ada@example.com" });
    const page = await visit("/account");
    expect(new URL(page.url()).pathname).toBe("/auth/sign-in");
    await look(page, "sign-in");
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill("not this one");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("alert").getByText("The address or the password is wrong.").waitFor();
    expect(await page.getByLabel("E-mail").inputValue()).toBe(email);
    expect(await page.getByLabel("Password").inputValue()).toBe("");
    await look(page, "sign-in-refused");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("heading", { name: "Profile" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/account");
  });

  test("work without JavaScript", async () => {
    const { service, visit } = site;
    const page = await visit("/account", await service.signUp({ name: "Grace Hopper" }), { javaScriptEnabled: false });
    await page.getByLabel("Name").fill("Grace Brewster Hopper");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    expect(await page.getByLabel("Name").inputValue()).toBe("Grace Brewster Hopper");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect((await page.context().cookies()).filter(({ name }) => name.includes("session"))).toEqual([]);
  });

  test("speak German to who asks for it, and after a choice", async () => {
    const { visit } = site;
    const page = await visit("/auth/sign-in", undefined, { locale: "de-AT" });
    await page.getByRole("heading", { name: "Anmelden" }).waitFor();
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });
});
