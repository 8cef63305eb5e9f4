import { afterAll, beforeAll, describe, expect } from "bun:test";
import { chromiumPath } from "../harness/chromium.ts";
import { reporting } from "../harness/reporting.ts";
import { openSite, type Site } from "../harness/site.ts";

if (chromiumPath === null) console.warn("skipped: pages in a browser, since Chromium isn't installed");

describe.skipIf(chromiumPath === null)("the console's pages of an organization", () => {
  let site: Site;
  const test = reporting(() => site.service);

  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test("its overview, its settings with a new slug, and its audit trail", async () => {
    const { visit, look, service, url } = site;
    const owner = await service.signUp({ name: "Ada Lovelace" });
    await owner.post("/v1/orgs", { name: "Acme", slug: "acme" });
    await owner.post("/v1/orgs", { name: "Globex", slug: "globex" });
    const page = await visit("/console/acme", owner);
    await page.getByText("You are alone here").waitFor();
    await look(page, "overview-new");
    await owner.post("/v1/orgs/acme/projects", { name: "Apollo" });
    await page.goto(`${url}/console/acme`);
    await page.getByText("Project created").waitFor();
    await look(page, "overview");

    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByLabel("Name in links").fill("globex");
    await page.getByLabel("Logo").fill("https://acme.example/logo.png");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByLabel("Name in links").getAttribute("aria-invalid")).toBe("true");
    expect(await page.getByLabel("Logo").inputValue()).toBe("https://acme.example/logo.png");
    await look(page, "settings-slug-taken");
    await page.getByLabel("Name in links").fill("acme-works");
    await page.getByLabel("Role of new members").selectOption({ label: "Viewer" });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    expect(new URL(page.url()).pathname).toBe("/console/acme-works/settings");
    expect(await page.getByLabel("Role of new members").inputValue()).toBe("viewer");

    await page.getByRole("link", { name: "Audit trail" }).click();
    await page.getByText("acme-works", { exact: true }).waitFor();
    await look(page, "audit-trail");
    await page.getByLabel("What happened").selectOption({ label: "Project created" });
    await page.getByRole("button", { name: "Filter" }).click();
    await page.getByText("Apollo", { exact: true }).waitFor();
    expect(await page.getByText("acme-works", { exact: true }).count()).toBe(0);
    await page.getByLabel("To").fill("2001-01-01");
    await page.getByRole("button", { name: "Filter" }).click();
    await page.getByText("Nothing was recorded that fits these filters.").waitFor();
    await page.getByRole("link", { name: "Plan" }).click();
    await page.getByText("On trial").waitFor();
    await look(page, "plan");
  });

  test("leaving it and deleting it, without JavaScript", async () => {
    const { visit, look, service, url } = site;
    const owner = await service.signUp({ name: "Grace Hopper" });
    await owner.post("/v1/orgs", { name: "Initech", slug: "initech" });
    const page = await visit("/console/initech/danger", owner, { javaScriptEnabled: false });
    await page.getByRole("link", { name: "Leave the organization" }).click();
    await page.getByRole("button", { name: "Leave the organization" }).click();
    await page.getByRole("alert").waitFor();
    const seen = await visit("/console/initech/danger", owner);
    await look(seen, "danger");
    await page.goto(`${url}/console/initech/danger/delete`);
    await page.getByLabel("Name of the organization").fill("initech");
    await page.getByRole("button", { name: "Delete the organization" }).click();
    await page.getByText("This isn't its name.").waitFor();
    await page.getByLabel("Name of the organization").fill("Initech");
    await seen.goto(`${url}/console/initech/danger/delete`);
    await look(seen, "danger-delete");
    await page.getByRole("button", { name: "Delete the organization" }).click();
    await page.getByText("“Initech” is deleted.").waitFor();
    await page.goto(`${url}/console/initech`);
    await page.getByRole("heading", { name: "Not found" }).waitFor();
  });
});
