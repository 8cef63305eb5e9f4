import { Area } from "../components/area.tsx";
import { inLanguages } from "../kit/languages.ts";
import type { Frame } from "../kit/show.tsx";
import { common } from "../messages/common.ts";

const messages = inLanguages({
  en: { profile: "Profile" },
  de: { profile: "Profil" },
});

/** The account's menu. */
export const AccountFrame: Frame = ({ page, children }) => {
  const t = page.say(messages);
  const places = [{ href: "/account", label: t.profile }];
  return (
    <Area label={page.say(common).account} places={places} path={page.path}>
      {children}
    </Area>
  );
};
