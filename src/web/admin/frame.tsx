/** @jsxImportSource hono/jsx */
import { Area } from "../components/area.tsx";
import { inLanguages } from "../kit/languages.ts";
import type { Frame } from "../kit/show.tsx";
import { common } from "../messages/common.ts";

const messages = inLanguages({
  en: { overview: "Overview", users: "People", organizations: "Organizations", history: "History" },
  de: { overview: "Überblick", users: "Personen", organizations: "Organisationen", history: "Verlauf" },
});

/** The menu of the platform's administration. */
export const AdminFrame: Frame = ({ page, children }) => {
  const t = page.say(messages);
  const places = [
    { href: "/admin", label: t.overview },
    { href: "/admin/users", label: t.users },
    { href: "/admin/organizations", label: t.organizations },
    { href: "/admin/history", label: t.history },
  ];
  return (
    <Area label={page.say(common).administration} places={places} path={page.path}>
      {children}
    </Area>
  );
};
