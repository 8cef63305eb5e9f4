/** @jsxImportSource hono/jsx */
import type { Page, Wire } from "../../http/page.ts";
import type { User } from "../../modules/platform/admin/index.ts";
import { inLanguages } from "../kit/languages.ts";

export type WireUser = Wire<User>;

const messages = inLanguages({
  en: { banned: "Banned", administrator: "Administrator", unverified: "Address not verified", anonymous: "No account" },
  de: {
    banned: "Gesperrt",
    administrator: "Administrator",
    unverified: "Adresse nicht bestätigt",
    anonymous: "Ohne Konto",
  },
});

/** Whether a ban is in force. */
export const isBanned = ({ now }: Page, { banned, banExpires }: WireUser): boolean =>
  banned && (banExpires === null || Date.parse(banExpires) > now.getTime());

export const isAdministrator = ({ role }: WireUser): boolean => (role ?? "").split(",").includes("admin");

/** What is out of the ordinary about somebody. */
export function stateOf(page: Page, user: WireUser) {
  const t = page.say(messages);
  const tags = [
    isBanned(page, user) ? t.banned : "",
    isAdministrator(user) ? t.administrator : "",
    user.isAnonymous ? t.anonymous : user.emailVerified ? "" : t.unverified,
  ].filter(Boolean);
  return tags.map((tag) => (
    <>
      <span class="tag">{tag}</span>{" "}
    </>
  ));
}
