import { afterAll, beforeAll, describe, expect } from "bun:test";
import { chromiumPath } from "../harness/chromium.ts";
import { engines, fewPermissions } from "../harness/engines.ts";
import { reporting } from "../harness/reporting.ts";
import { openSite, type Site } from "../harness/site.ts";

if (chromiumPath === null) console.warn("skipped: roles in a browser, since Chromium isn't installed");

describe.skipIf(chromiumPath === null)("the console's roles", () => {
  let site: Site;
  const test = reporting(() => site.service);

  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test("are copied, edited as a matrix by keyboard, renamed and deleted once nobody has them", async () => {
    const { visit, look, service } = site;
    const { owner, join, person, id } = await engines(service, "engines");
    const page = await visit("/console/engines/roles", owner);
    await page.getByRole("link", { name: "Viewer" }).click();
    await fewPermissions(page);
    await look(page, "role-built-in");
    await page.getByRole("link", { name: "Copy this role" }).click();
    await page.getByLabel("Name").fill("Not A Name");
    await page.getByRole("button", { name: "Add the role" }).click();
    await page.getByText("It starts with what the role Viewer allows").waitFor();
    await look(page, "role-new-refused");
    await page.getByLabel("Name").fill("support");
    await page.getByLabel("What it is for").fill("Answers what customers ask");
    await page.getByRole("button", { name: "Add the role" }).click();
    await page.getByText("The role support is there.").waitFor();

    const tasks = page.locator(".matrix").filter({ has: page.getByRole("heading", { name: "Tasks" }) });
    const change = tasks.getByRole("radiogroup", { name: "Change" });
    await change.getByRole("radio", { name: "Nothing" }).focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    expect(await change.getByRole("radio", { name: "Own only" }).isChecked()).toBe(true);
    await tasks.getByRole("radiogroup", { name: "Move into the trash" }).getByLabel("Deny").check();
    // What a form doesn't name stays as it is.
    await fewPermissions(page);
    await look(page, "role");
    await page.getByRole("button", { name: "Save what it allows" }).click();
    await page.getByText("What the role allows is saved").waitFor();
    const { body } = await owner.get(`/v1/orgs/${id}/roles/support/permissions`);
    expect((body as { permissions: object[] }).permissions).toEqual(
      expect.arrayContaining([
        { permission: "task:update", effect: "allow", scope: "own", locked: false },
        { permission: "task:delete", effect: "deny", scope: "organization", locked: false },
        { permission: "project:read", effect: "allow", scope: "organization", locked: false },
        { permission: "task:read", effect: "allow", scope: "organization", locked: false },
      ]),
    );

    await page.getByRole("link", { name: "Rename or describe" }).click();
    await page.getByLabel("Name").fill("helpdesk");
    await page.getByRole("button", { name: "Rename or describe" }).click();
    await page.getByRole("heading", { name: "helpdesk" }).waitFor();
    const grace = await join("helpdesk", await person("Grace Hopper"));
    await page.getByRole("link", { name: "Delete the role" }).click();
    await page.getByText("Grace Hopper has it.").waitFor();
    const members = `/v1/orgs/${id}/members`;
    const { id: membership } = (await grace.get(`${members}/me`)).body as { id: string };
    await owner.patch(`${members}/${membership}`, { role: "member" });
    await page.reload();
    await look(page, "role-delete");
    await page.getByRole("button", { name: "Delete the role" }).click();
    await page.getByText("The role helpdesk is deleted.").waitFor();
    await look(page, "roles");
  });

  test("say why an administrator can't give what they don't hold; without JavaScript, in German", async () => {
    const { owner, join, id } = await engines(site.service, "ohne");
    await owner.post(`/v1/orgs/${id}/roles`, { name: "support" });
    const options = { javaScriptEnabled: false, locale: "de-DE" };
    const page = await site.visit("/console/ohne/roles/support", await join("admin"), options);
    const organization = page.locator(".matrix").filter({ has: page.getByRole("heading", { name: "Organisation" }) });
    const remove = organization.getByRole("radiogroup", { name: "Löschen" });
    expect(await remove.getByRole("radio", { name: "Erlauben" }).isDisabled()).toBe(true);
    await remove.getByText("Das haben Sie selbst nicht.").waitFor();
    await organization.getByRole("radiogroup", { name: "Ansehen" }).getByLabel("Erlauben").check();
    await page.getByRole("button", { name: "Speichern, was sie erlaubt" }).click();
    await page.getByText("ist gespeichert und gilt sofort").waitFor();
    expect(await organization.getByRole("radiogroup", { name: "Ansehen" }).getByLabel("Erlauben").isChecked()).toBe(
      true,
    );
  });
});
