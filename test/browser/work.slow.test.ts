import { afterAll, beforeAll, describe, expect } from "bun:test";
import { chromiumPath } from "../harness/chromium.ts";
import { reporting } from "../harness/reporting.ts";
import { openSite, type Site } from "../harness/site.ts";

if (chromiumPath === null) console.warn("skipped: pages in a browser, since Chromium isn't installed");

describe.skipIf(chromiumPath === null)("the console's pages of work", () => {
  let site: Site;
  const test = reporting(() => site.service);

  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.[Symbol.asyncDispose]());

  /** An organization that looks the same in each run. */
  async function acme(slug: string) {
    const owner = await site.service.signUp({ name: "Ada Lovelace" });
    await owner.post("/v1/orgs", { name: "Acme", slug });
    return { owner, home: `/console/${slug}`, api: `/v1/orgs/${slug}` };
  }

  test("projects: add, find, keep the search, change, in two tabs, and move into the trash", async () => {
    const { visit, look } = site;
    const { owner, home, api } = await acme("acme");
    const page = await visit(`${home}/projects`, owner);
    await page.getByText("No projects yet").waitFor();
    await look(page, "projects-empty");
    await page.getByRole("link", { name: "Add a project" }).click();
    await page.getByLabel("Name").fill("Apollo");
    await page.getByLabel("Description").fill("To the moon\nand back");
    await page.getByRole("button", { name: "Add a project" }).click();
    await page.getByText("The project “Apollo” is there.").waitFor();
    await page.getByRole("heading", { name: "Apollo" }).waitFor();

    // A name that is taken: what was typed stays.
    await page.goto(`${site.url}${home}/projects/new`);
    await page.getByLabel("Name").fill("apollo");
    await page.getByLabel("Description").fill("Another");
    await page.getByRole("button", { name: "Add a project" }).click();
    await page.getByText("Another project has this name. Choose another.").waitFor();
    expect(await page.getByLabel("Description").inputValue()).toBe("Another");
    await look(page, "project-name-taken");

    for (const name of ["Gemini", "Mercury"]) await owner.post(`${api}/projects`, { name });
    await page.goto(`${site.url}${home}/projects`);
    await look(page, "projects");
    await page.getByLabel("Sort by").selectOption("name");
    await page.getByLabel("Search projects").fill("apolo");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("link", { name: "Apollo", exact: true }).waitFor();
    expect(await page.getByRole("link", { name: "Gemini", exact: true }).count()).toBe(0);
    await page.getByRole("link", { name: "Save this search" }).click();
    await page.getByLabel("Name").fill("Moon");
    await page.getByRole("button", { name: "Save the search" }).click();
    await page.getByText("The search “Moon” is saved.").waitFor();
    await look(page, "saved-searches");
    await page.getByRole("button", { name: "Moon: Open" }).click();
    expect(new URL(page.url()).search).toBe("?q=apolo&sort=name");
    await page.getByRole("link", { name: "Saved searches" }).click();
    await page.getByRole("link", { name: "Delete: Moon" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByText("No saved searches").waitFor();

    // Two tabs: the second doesn't undo the first unless its person says so again.
    await page.goto(`${site.url}${home}/projects`);
    await page.getByRole("link", { name: "Edit: Apollo" }).click();
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.getByLabel("Name").fill("Apollo 11");
    await other.getByRole("button", { name: "Save" }).click();
    await other.getByText("Saved.").waitFor();
    await page.getByLabel("Name").fill("Apollo 12");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").getByText("Somebody has changed this").waitFor();
    expect(await page.getByLabel("Name").inputValue()).toBe("Apollo 12");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();

    await page.getByRole("link", { name: "Move into the trash" }).click();
    await look(page, "project-delete");
    await page.getByRole("button", { name: "Move into the trash" }).click();
    await page.getByText("“Apollo 12” is in the trash.").waitFor();
  });

  test("tasks of a project, and the trash, without JavaScript", async () => {
    const { visit, look } = site;
    const { owner, home, api } = await acme("globex");
    const { body } = await owner.post(`${api}/projects`, { name: "Apollo", description: "To the moon" });
    const project = `${home}/projects/${(body as { id: string }).id}`;
    const page = await visit(project, owner, { javaScriptEnabled: false });
    await page.getByText("No tasks yet").waitFor();
    for (const title of ["Launch", "Land"]) {
      await page.getByRole("link", { name: "Add a task" }).click();
      await page.getByLabel("Title").fill(title);
      await page.getByLabel("Assigned to").selectOption({ label: "Ada Lovelace" });
      await page.getByRole("button", { name: "Add a task" }).click();
      await page.getByText(`The task “${title}” is there.`).waitFor();
    }
    await page.getByLabel("Status of “Launch”").selectOption("done");
    await page.getByRole("button", { name: "Set: Launch" }).click();
    await page.getByText("Saved.").waitFor();
    expect(await page.getByLabel("Status of “Launch”").inputValue()).toBe("done");
    await page.getByLabel("Status", { exact: true }).selectOption("todo");
    await page.getByRole("button", { name: "Search" }).click();
    expect(await page.getByLabel("Status of “Launch”").count()).toBe(0);
    await page.getByRole("link", { name: "Edit: Land" }).click();
    await page.getByLabel("Title").fill("Land on the moon");
    await page.getByRole("button", { name: "Save" }).click();
    const seen = await visit(project, owner);
    await look(seen, "project");

    await page.getByRole("link", { name: "Delete: Land on the moon" }).click();
    await page.getByRole("button", { name: "Move into the trash" }).click();
    await page.getByText("“Land on the moon” is in the trash.").waitFor();
    await seen.goto(`${site.url}${home}/trash`);
    await look(seen, "trash");
    await page.goto(`${site.url}${home}/trash`);
    await page.getByRole("button", { name: "Restore: Land on the moon" }).click();
    await page.getByText("“Land on the moon” is back.").waitFor();
    await page.getByText("The trash is empty").waitFor();

    await page.goto(`${site.url}${project}/delete`);
    await page.getByRole("button", { name: "Move into the trash" }).click();
    await page.goto(`${site.url}${home}/trash`);
    await page.getByRole("button", { name: "Delete permanently: Apollo" }).click();
    await page.getByRole("heading", { name: "Delete “Apollo” permanently?" }).waitFor();
    await page.getByRole("button", { name: "Delete permanently" }).click();
    await page.getByText("“Apollo” is gone.").waitFor();
  });
});
