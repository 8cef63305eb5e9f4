import type { Page } from "playwright-core";
import type { Actor } from "./actor.ts";
import type { Organization, Service } from "./app.ts";

/** An organization that looks the same in every run, for screenshots, and people for it. */
export type Engines = Organization & { person: (name: string) => Promise<Actor> };

/** @param slug of the organization, which is called Analytical Engines and is Ada Lovelace's. */
export async function engines(service: Service, slug: string): Promise<Engines> {
  const person = (name: string) =>
    service.signUp({ name, email: `${name.split(" ")[0]?.toLowerCase()}@${slug}.example`, verified: true });
  const organization = await service.organization(await person("Ada Lovelace"));
  await organization.owner.patch(`/v1/orgs/${organization.id}`, { name: "Analytical Engines", slug });
  return { ...organization, slug, person };
}

/**
 * Takes what isn't about tasks and the organization out of a page that lists all permissions, so that its look doesn't
 * change with every module that is added.
 */
export async function fewPermissions(page: Page): Promise<void> {
  await page.evaluate(() => {
    const kept = ["Tasks", "Organization"];
    for (const section of document.querySelectorAll(".matrix"))
      if (!kept.includes(section.querySelector("h3, legend")?.textContent ?? "")) section.remove();
    for (const term of document.querySelectorAll("dl.permissions dt"))
      if (!kept.includes(term.textContent)) {
        term.nextElementSibling?.remove();
        term.remove();
      }
  });
}
