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
