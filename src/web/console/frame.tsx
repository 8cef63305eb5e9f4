/** @jsxImportSource hono/jsx */
import type { Permission } from "../../core/access/permission.ts";
import type { Place } from "../components/area.tsx";
import { Area } from "../components/area.tsx";
import { inLanguages } from "../kit/languages.ts";
import { organizationOf } from "../kit/organization.ts";
import type { Frame } from "../kit/show.tsx";

const messages = inLanguages({
  en: {
    menu: "Organization",
    change: "Switch",
    overview: "Overview",
    members: "Members",
    invitations: "Invitations",
    roles: "Roles",
    apiKeys: "API keys",
    history: "Audit trail",
    plan: "Plan",
    settings: "Settings",
    danger: "Danger zone",
  },
  de: {
    menu: "Organisation",
    change: "Wechseln",
    overview: "Überblick",
    members: "Mitglieder",
    invitations: "Einladungen",
    roles: "Rollen",
    apiKeys: "API-Schlüssel",
    history: "Protokoll",
    plan: "Tarif",
    settings: "Einstellungen",
    danger: "Gefahrenbereich",
  },
});

type Own = { path: `/${string}`; label: Exclude<keyof (typeof messages)["en"], "menu" | "change">; any: Permission[] };

/** The places after those of modules, each with the permissions of which one opens it. */
const own: readonly Own[] = [
  { path: "/members", label: "members", any: ["member:read"] },
  { path: "/invitations", label: "invitations", any: ["invitation:read"] },
  { path: "/roles", label: "roles", any: ["role:read"] },
  { path: "/api-keys", label: "apiKeys", any: ["apiKey:read"] },
  { path: "/audit-events", label: "history", any: ["auditEvent:read"] },
  { path: "/plan", label: "plan", any: ["subscription:read", "entitlement:read"] },
  { path: "/settings", label: "settings", any: ["organization:update"] },
  { path: "/danger", label: "danger", any: ["organization:read"] },
];

/** The menu of an organization: what its members may see, with the pages that modules add. */
export const ConsoleFrame: Frame = ({ page, children }) => {
  const { site, say, may } = page;
  const organization = organizationOf(page);
  const t = say(messages);
  const base = organization.at();
  const places: Place[] = [
    { href: base, label: t.overview },
    ...site.pages.flatMap(({ path, label, permission }) =>
      label !== undefined && may(permission) ? [{ href: base + path, label: say(label) }] : [],
    ),
    ...own
      .filter(({ any }) => any.some((permission) => may(permission)))
      .map(({ path, label }) => ({ href: base + path, label: t[label] })),
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
