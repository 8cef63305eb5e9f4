import type { Page } from "../../http/page.ts";
import { inLanguages } from "../kit/languages.ts";

const builtIn = inLanguages({
  en: { owner: "Owner", admin: "Administrator", member: "Member", viewer: "Viewer" },
  de: { owner: "Eigentümer", admin: "Administrator", member: "Mitglied", viewer: "Betrachter" },
});

/** What a role is called: the built-in ones in the page's language, an organization's own as it named it. */
export function roleName(page: Page, role: string): string {
  const names: Readonly<Record<string, string>> = page.say(builtIn);
  return Object.hasOwn(names, role) ? (names[role] ?? role) : role;
}

/** @param roles with commas between them, as the API has them. */
export const roleNames = (page: Page, roles: string): string =>
  roles
    .split(",")
    .map((role) => roleName(page, role))
    .join(", ");
