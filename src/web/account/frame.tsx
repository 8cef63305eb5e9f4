/** @jsxImportSource hono/jsx */
import { Area } from "../components/area.tsx";
import { inLanguages } from "../kit/languages.ts";
import type { Frame } from "../kit/show.tsx";
import { common } from "../messages/common.ts";

const messages = inLanguages({
  en: { profile: "Profile", preferences: "Preferences", sessions: "Devices", activity: "Activity" },
  de: { profile: "Profil", preferences: "Einstellungen", sessions: "Geräte", activity: "Aktivität" },
});

/** The account's menu. */
export const AccountFrame: Frame = ({ page, children }) => {
  const t = page.say(messages);
  const places = [
    { href: "/account", label: t.profile },
    { href: "/account/preferences", label: t.preferences },
    { href: "/account/sessions", label: t.sessions },
    { href: "/account/activity", label: t.activity },
  ];
  return (
    <Area label={page.say(common).account} places={places} path={page.path}>
      {children}
    </Area>
  );
};
