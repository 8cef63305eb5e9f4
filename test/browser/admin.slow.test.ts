import { afterAll, beforeAll, describe, expect } from "bun:test";
import type { Actor } from "../harness/actor.ts";
import { chromiumPath } from "../harness/chromium.ts";
import { reporting } from "../harness/reporting.ts";
import { openSite, type Site } from "../harness/site.ts";

if (chromiumPath === null) console.warn("skipped: pages in a browser, since Chromium isn't installed");

describe.skipIf(chromiumPath === null)("the administration's pages", () => {
  let site: Site;
  let root: Actor;
  const test = reporting(() => site.service);

  beforeAll(async () => {
    site = await openSite();
    const { service } = site;
    root = await service.signUp({
      name: "Ada Lovelace",
      email: "ada@example.com",
      administrator: true,
      verified: true,
    });
    const grace = await service.signUp({ name: "Grace Hopper", email: "grace@example.com", verified: true });
    await service.signUp({ name: "Joan Clarke", email: "joan@example.com" });
    const { id, join } = await service.organization(grace);
    await join("member", root);
    await service.database.statement("", `update organization set name = 'Acme', slug = 'acme' where id = $1`, [id]);
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test("find somebody, ban them for a week, and lift it, by keyboard", async () => {
    const { visit, look } = site;
    const page = await visit("/admin", root);
    await page.getByText("The service is doing well.").waitFor();
    await look(page, "admin");
    await page.getByRole("link", { name: "People" }).click();
    await page.getByRole("heading", { name: "People" }).waitFor();
    await look(page, "admin-people");
    await page.getByRole("searchbox").fill("grace");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Grace Hopper" }).press("Enter");
    await page.getByRole("heading", { name: "Grace Hopper" }).waitFor();
    await look(page, "admin-person");
    await page.getByRole("link", { name: "Ban", exact: true }).press("Enter");
    await page.getByLabel("Reason").fill("Spam");
    await page.getByLabel("For how long").selectOption("week");
    await look(page, "admin-ban");
    await page.getByRole("button", { name: "Ban" }).press("Enter");
    await page.getByText("Banned.", { exact: true }).waitFor();
    await page.getByText("Spam").waitFor();
    await page.getByRole("link", { name: "Lift the ban" }).click();
    await page.getByRole("button", { name: "Lift the ban" }).click();
    await page.getByText("The ban is lifted.").waitFor();
    await page.getByRole("link", { name: "What was done to their account" }).click();
    await page.getByText("banReason").first().waitFor();
    await look(page, "admin-history");
  });

  test("act as somebody, and stop, without JavaScript", async () => {
    const { visit, look } = site;
    const page = await visit("/admin/users?q=joan", root, { javaScriptEnabled: false });
    await page.getByRole("link", { name: "Joan Clarke" }).click();
    await page.getByRole("link", { name: "Act as this person" }).click();
    await page.getByRole("button", { name: "Act as this person" }).click();
    await page.getByText("You act as Joan Clarke.").waitFor();
    expect(await page.getByRole("link", { name: "Administration" }).count()).toBe(0);
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByRole("heading", { name: "Administration" }).waitFor();
    const scripted = await visit("/admin/users?q=nobody+of+this+name", root);
    await scripted.getByText("Nobody found").waitFor();
    await look(scripted, "admin-people-none");
  });

  test("find an organization, see who is in it, and change its subscription", async () => {
    const { visit, look } = site;
    const page = await visit("/admin/organizations", root);
    await look(page, "admin-organizations");
    await page.getByRole("link", { name: "Acme" }).click();
    await page.getByRole("heading", { name: "Acme" }).waitFor();
    await look(page, "admin-organization");
    await page.getByRole("link", { name: "Members" }).click();
    await page.getByText("grace@example.com").waitFor();
    await page.getByRole("link", { name: "Back to Acme" }).click();
    await page.getByRole("link", { name: "Change the subscription" }).click();
    await page.getByLabel("Plan").fill("pro");
    await page.getByLabel("Status").selectOption("active");
    await page.getByRole("button", { name: "Change the subscription" }).click();
    await page.getByText("The subscription is changed.").waitFor();
    await page.getByText("Active", { exact: true }).waitFor();
  });
});
