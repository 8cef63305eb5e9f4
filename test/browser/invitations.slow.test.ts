import { afterAll, beforeAll, describe, expect } from "bun:test";
import { chromiumPath } from "../harness/chromium.ts";
import { engines } from "../harness/engines.ts";
import { reporting } from "../harness/reporting.ts";
import { openSite, type Site } from "../harness/site.ts";

if (chromiumPath === null) console.warn("skipped: invitations in a browser, since Chromium isn't installed");

describe.skipIf(chromiumPath === null)("the console's invitations", () => {
  let site: Site;
  const test = reporting(() => site.service);

  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test("are sent, sent again and withdrawn", async () => {
    const { visit, look, service } = site;
    const { owner } = await engines(service, "engines");
    const page = await visit("/console/engines/invitations", owner);
    await look(page, "invitations-empty");
    await page.getByRole("link", { name: "Invite somebody" }).click();
    expect(await page.getByRole("checkbox", { name: "Member" }).isChecked()).toBe(true);
    await page.getByLabel("E-mail").fill("ada@engines.example");
    await page.getByRole("checkbox", { name: "Viewer" }).check();
    await page.getByRole("button", { name: "Send the invitation" }).click();
    await page.getByRole("alert").getByText("This person is a member already.").waitFor();
    expect(await page.getByRole("checkbox", { name: "Viewer" }).isChecked()).toBe(true);
    await look(page, "invitation-refused");
    await page.getByLabel("E-mail").fill("grace@elsewhere.example");
    await page.getByRole("button", { name: "Send the invitation" }).click();
    await page.getByText("grace@elsewhere.example gets an e-mail with a link").waitFor();
    expect(service.mails.at(-1)?.to).toBe("grace@elsewhere.example");
    await look(page, "invitations");
    await page.getByRole("button", { name: "Send again to grace@elsewhere.example" }).click();
    await page.getByText("is sent again").waitFor();
    expect(service.mails.filter(({ to }) => to === "grace@elsewhere.example")).toHaveLength(2);
    await page.getByRole("link", { name: "Withdraw the invitation to grace@elsewhere.example" }).click();
    await look(page, "invitation-withdraw");
    await page.getByRole("button", { name: "Withdraw" }).click();
    await page.getByText("is withdrawn.").waitFor();
    await page.getByRole("heading", { name: "No open invitations" }).waitFor();
    await page.getByLabel("State").selectOption("Withdrawn");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("row", { name: "grace@elsewhere.example" }).waitFor();
  });

  test("are sent without JavaScript, in German", async () => {
    const { owner } = await engines(site.service, "ohne");
    const options = { javaScriptEnabled: false, locale: "de-DE" };
    const page = await site.visit("/console/ohne/invitations/new", owner, options);
    await page.getByLabel("E-Mail").fill("mary@elsewhere.example");
    await page.getByRole("button", { name: "Einladung senden" }).click();
    await page.getByRole("row", { name: "mary@elsewhere.example" }).getByText("Mitglied").waitFor();
  });
});
