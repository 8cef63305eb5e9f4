import { afterAll, beforeAll, describe, expect } from "bun:test";
import { chromiumPath } from "../harness/chromium.ts";
import { engines, fewPermissions } from "../harness/engines.ts";
import { reporting } from "../harness/reporting.ts";
import { openSite, type Site } from "../harness/site.ts";

if (chromiumPath === null) console.warn("skipped: members in a browser, since Chromium isn't installed");

describe.skipIf(chromiumPath === null)("the console's members", () => {
  let site: Site;
  const test = reporting(() => site.service);

  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  test("are found, get other roles, are explained, made owners and removed", async () => {
    const { visit, look } = site;
    const { owner, join, person, id } = await engines(site.service, "engines");
    await owner.post(`/v1/orgs/${id}/roles`, {
      name: "reviewer",
      description: "Reads what others write",
      permissions: [
        { permission: "task:update", scope: "own" },
        { permission: "task:delete", effect: "deny" },
      ],
    });
    await join("member", await person("Grace Hopper"));
    await join("admin", await person("Mary Somerville"));
    const page = await visit("/console/engines/members", owner);
    await look(page, "members");
    await page.getByRole("searchbox").fill("hopp");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("link", { name: "Grace Hopper" }).click();
    await page.getByRole("checkbox", { name: "reviewer" }).check();
    await look(page, "member");
    await page.getByRole("button", { name: "Change roles" }).click();
    await page.getByText("Grace Hopper's roles are changed.").waitFor();
    await page.getByText("Member, reviewer").waitFor();

    await page.getByRole("link", { name: "What Grace Hopper may do" }).click();
    await page.getByLabel("Permission").selectOption("task:delete");
    await page.getByRole("button", { name: "Ask why" }).click();
    await page.getByText("The role reviewer denies it.").waitFor();
    await fewPermissions(page);
    await look(page, "member-permissions");
    await page.getByRole("link", { name: "Back to Grace Hopper" }).click();

    await page.getByRole("link", { name: "Make an owner" }).click();
    await look(page, "member-owner");
    await page.getByLabel("What you are from then on").selectOption("admin");
    await page.getByRole("button", { name: "Make an owner" }).click();
    await page.getByText("Grace Hopper is an owner now, and you have stepped down.").waitFor();

    await page.getByRole("link", { name: "Mary Somerville" }).click();
    await page.getByRole("link", { name: "Remove Mary Somerville" }).click();
    await look(page, "member-remove");
    await page.getByRole("button", { name: "Remove Mary Somerville" }).click();
    await page.getByText("Mary Somerville is no longer a member.").waitFor();
    expect(await page.getByRole("row", { name: "Mary" }).count()).toBe(0);
    // Who has stepped down is offered nothing that takes the owner's roles away.
    await page.getByRole("link", { name: "Grace Hopper" }).click();
    await page.getByText("the role Owner may do more than you").waitFor();
    expect(await page.getByRole("button", { name: "Change roles" }).count()).toBe(0);
    expect(await page.getByRole("link", { name: /^Remove/ }).count()).toBe(0);
  });

  test("keep an owner, and say so in words; without JavaScript", async () => {
    const { owner } = await engines(site.service, "alone");
    const page = await site.visit("/console/alone/members", owner, { javaScriptEnabled: false });
    await page.getByRole("link", { name: "Ada Lovelace" }).last().click();
    await page.getByRole("checkbox", { name: "Owner" }).uncheck();
    await page.getByRole("checkbox", { name: "Viewer" }).check();
    await page.getByRole("button", { name: "Change roles" }).click();
    await page.getByRole("alert").getByText("An organization keeps at least one owner.").waitFor();
    expect(await page.getByRole("checkbox", { name: "Viewer" }).isChecked()).toBe(true);
  });
});
