import { afterAll, beforeAll, describe, expect } from "bun:test";
import { chromiumPath } from "../harness/chromium.ts";
import { makeKey } from "../harness/keys.ts";
import { reporting } from "../harness/reporting.ts";
import { openSite, type Site } from "../harness/site.ts";

if (chromiumPath === null) console.warn("skipped: pages in a browser, since Chromium isn't installed");

describe.skipIf(chromiumPath === null)("the reference", () => {
  let site: Site;
  let apiKey: string;
  let organizationId: string;
  const test = reporting(() => site.service);

  beforeAll(async () => {
    site = await openSite();
    const organization = await site.service.organization();
    organizationId = organization.id;
    ({ key: apiKey } = await makeKey(organization, { permissions: ["project:read", "project:create"] }));
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test("is searched without JavaScript, and shows each operation whole", async () => {
    const { visit, look } = site;
    const page = await visit("/docs", undefined, { javaScriptEnabled: false });
    await page.getByRole("searchbox").fill("create project");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Create a project", exact: true }).click();
    await page.getByRole("heading", { name: "Create a project" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/docs/projects");
    await look(await visit("/docs?q=audit-events"), "reference");
    const open = await visit("/docs/entitlements");
    await open.getByText("Answers").first().click();
    // The port differs from run to run.
    await open.evaluate(() => {
      for (const line of document.querySelectorAll("pre.curl"))
        line.textContent = line.textContent.replace(/localhost:\d+/, "localhost");
    });
    await look(open, "reference-section");
  });

  test("has lines for a shell that do what they say", async () => {
    const page = await site.visit("/docs/projects");
    const lines = await page.locator("pre.curl").allTextContents();
    const list = lines.find((line) => !line.includes("-X") && /\/projects"/.test(line)) ?? "";
    const create = lines.find((line) => line.includes("-X POST") && /\/projects"/.test(line)) ?? "";
    const settings = await site.visit("/docs/settings");
    const open = (await settings.locator("pre.curl").first().textContent()) ?? "";
    const here = (line: string) => line.replace("/orgs/acme/", `/orgs/${organizationId}/`);
    expect(await run(here(list), { API_KEY: apiKey })).toBe("200");
    expect(await run(here(create), { API_KEY: apiKey })).toBe("201");
    expect(await run(here(list), {})).toBe("401");
    expect(await run(open, {})).toBe("200");
  });

  /** Runs a line as it stands. @returns the status that it was answered. */
  async function run(line: string, env: Record<string, string>): Promise<string> {
    const command = `${line} -s -o /dev/null -w '%{http_code}'`;
    const { stdout } = Bun.spawn(["sh", "-c", command], { env: { PATH: process.env["PATH"] ?? "", ...env } });
    return await new Response(stdout).text();
  }
});
