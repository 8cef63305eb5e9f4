/** @jsxImportSource hono/jsx */
import { Area } from "../components/area.tsx";
import { inLanguages } from "../kit/languages.ts";
import type { Frame } from "../kit/show.tsx";
import { common } from "../messages/common.ts";

const messages = inLanguages({
  en: {
    profile: "Profile",
    preferences: "Preferences",
    signInMethods: "Signing in",
    twoFactor: "Second factor",
    sessions: "Devices",
    activity: "Activity",
    organizations: "Organizations",
    invitations: "Invitations",
    data: "Your data",
  },
  de: {
    profile: "Profil",
    preferences: "Einstellungen",
    signInMethods: "Anmeldung",
    twoFactor: "Zweiter Faktor",
    sessions: "Geräte",
    activity: "Aktivität",
    organizations: "Organisationen",
    invitations: "Einladungen",
    data: "Ihre Daten",
  },
});

/** The account's menu. */
export const AccountFrame: Frame = ({ page, children }) => {
  const t = page.say(messages);
  const places = [
    { href: "/account", label: t.profile },
    { href: "/account/preferences", label: t.preferences },
    { href: "/account/sign-in-methods", label: t.signInMethods },
    { href: "/account/two-factor", label: t.twoFactor },
    { href: "/account/sessions", label: t.sessions },
    { href: "/account/activity", label: t.activity },
    { href: "/account/organizations", label: t.organizations },
    { href: "/account/invitations", label: t.invitations },
    { href: "/account/data", label: t.data },
  ];
  return (
    <Area label={page.say(common).account} places={places} path={page.path}>
      {children}
    </Area>
  );
};
