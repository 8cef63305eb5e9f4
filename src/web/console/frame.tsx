import type { Place } from "../components/area.tsx";
import { Area } from "../components/area.tsx";
import { inLanguages } from "../kit/languages.ts";
import type { Frame } from "../kit/show.tsx";

const messages = inLanguages({
  en: { menu: "Organization", overview: "Overview", change: "Switch" },
  de: { menu: "Organisation", overview: "Überblick", change: "Wechseln" },
});

/** The menu of an organization: what its members may see, with the pages that modules add. */
export const ConsoleFrame: Frame = ({ page, children }) => {
  const { organization, site, say, may } = page;
  if (organization === null) throw new Error("the console's pages are about an organization");
  const t = say(messages);
  const base = consolePath(organization.slug);
  const places: Place[] = [
    { href: base, label: t.overview },
    ...site.pages
      .filter(({ permission }) => may(permission))
      .map(({ path, label }) => ({ href: base + path, label: say(label) })),
  ];
  const heading = (
    <>
      {organization.name} <a href="/account/organizations">{t.change}</a>
    </>
  );
  return (
    <Area label={t.menu} heading={heading} places={places} path={page.path}>
      {children}
    </Area>
  );
};

/** Where the pages of an organization are. */
export const consolePath = (organization: string, path = ""): string => `/console/${organization}${path}`;
