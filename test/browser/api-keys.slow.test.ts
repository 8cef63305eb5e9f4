import { afterAll, beforeAll, describe, expect } from "bun:test";
import { chromiumPath } from "../harness/chromium.ts";
import { engines, fewPermissions } from "../harness/engines.ts";
import { reporting } from "../harness/reporting.ts";
import { openSite, type Site } from "../harness/site.ts";
import { until } from "../harness/time.ts";

if (chromiumPath === null) console.warn("skipped: API keys in a browser, since Chromium isn't installed");

describe.skipIf(chromiumPath === null)("the console's API keys", () => {
  let site: Site;
  const test = reporting(() => site.service);

  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  /** What a request with this key is answered. */
  const asked = (key: string) => site.service.anonymous.get("/v1/verify", { "x-api-key": key });

  test("are added, shown once, copied, limited, replaced, disabled and deleted", async () => {
    const { visit, look, service, url } = site;
    const { owner, id } = await engines(service, "engines");
    const page = await visit("/console/engines/api-keys", owner);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: url });
    await look(page, "api-keys-empty");
    await page.getByRole("link", { name: "Add a key" }).click();
    await page.getByLabel("Name").fill("Deployment");
    const tasks = page.getByRole("group", { name: "Tasks" });
    await tasks.getByLabel("See").check();
    await tasks.getByLabel("Create").check();
    await page.getByText("Limits").click();
    await page.getByLabel("Uses in all").fill("many");
    await page.getByLabel("Uses at most").fill("100");
    await page.getByRole("button", { name: "Add the key" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByLabel("Uses in all").inputValue()).toBe("many");
    expect(await page.getByRole("group", { name: "Tasks" }).getByLabel("Create").isChecked()).toBe(true);
    await fewPermissions(page);
    await look(page, "api-key-refused");
    await page.getByLabel("Uses in all").fill("5000");
    await page.getByRole("button", { name: "Add the key" }).click();
    await page.getByRole("heading", { name: "The key Deployment" }).waitFor();
    await page.getByRole("button", { name: "Copy the key" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    const key = await page.evaluate(() => navigator.clipboard.readText());
    await look(page, "api-key-secret");
    await page.getByRole("link", { name: "I have copied it" }).click();
    await page.getByText("Tasks: See, Create").waitFor();
    expect(await page.content()).not.toContain(key);
    await look(page, "api-key");
    expect((await asked(key)).status).toBe(200);

    await page.getByRole("link", { name: "Change" }).click();
    await page.getByLabel("Name").fill("Staging");
    await page.getByRole("group", { name: "Tasks" }).getByLabel("Create").uncheck();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    expect(await page.getByText("See, Create").count()).toBe(0);

    await page.getByRole("link", { name: "Replace" }).click();
    await page.getByLabel("The old key works").selectOption("1 hour more");
    await look(page, "api-key-replace");
    await page.getByRole("button", { name: "Replace" }).click();
    const next = (await page.getByLabel("The key", { exact: true }).textContent()) ?? "";
    expect(next).not.toBe(key);
    for (const each of [key, next]) expect((await asked(each)).status).toBe(200);
    await page.getByRole("link", { name: "I have copied it" }).click();
    await page.getByRole("button", { name: "Disable" }).click();
    await page.getByText("The key is refused until you enable it again.").waitFor();
    await page.getByRole("button", { name: "Enable" }).click();
    await page.getByText("The key works again.").waitFor();
    // Uses are written behind.
    await until(async () => {
      const { body } = await owner.get(`/v1/orgs/${id}/api-keys`);
      return (body as { data: { lastUsedAt: string | null }[] }).data[0]?.lastUsedAt !== null;
    });
    await page.goto(`${url}/console/engines/api-keys?q=stag`);
    await look(page, "api-keys");
    await page.getByRole("link", { name: "Staging" }).click();
    await page.getByRole("link", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByText("The key Staging is deleted.").waitFor();
  });

  test("are added and replaced without JavaScript, in German", async () => {
    const { owner } = await engines(site.service, "ohne");
    const options = { javaScriptEnabled: false, locale: "de-DE" };
    const page = await site.visit("/console/ohne/api-keys/new", owner, options);
    await page.getByLabel("Name").fill("Übertragung");
    await page.getByLabel("Gültig bis").fill("2099-12-31");
    await page.getByRole("group", { name: "Aufgaben" }).getByLabel("Ansehen").check();
    await page.getByRole("button", { name: "Schlüssel hinzufügen" }).click();
    const key = (await page.getByLabel("Der Schlüssel").textContent()) ?? "";
    expect((await asked(key.trim())).status).toBe(200);
    await page.getByRole("link", { name: "Ich habe ihn kopiert" }).click();
    await page.getByText("31.12.2099").waitFor();
    await page.getByRole("link", { name: "Ersetzen" }).click();
    await page.getByLabel("Der alte Schlüssel gilt").selectOption("nicht mehr");
    await page.getByRole("button", { name: "Ersetzen" }).click();
    await page.getByRole("heading", { name: "Der Schlüssel Übertragung" }).waitFor();
    expect((await asked(key.trim())).status).toBe(401);
  });
});
