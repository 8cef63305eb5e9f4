import { splitRoles } from "../../../core/access/permission.ts";
import type { Page } from "../../../http/page.ts";
import { inLanguages } from "../../kit/languages.ts";

const builtIn = inLanguages({
  en: { owner: "Owner", admin: "Administrator", member: "Member", viewer: "Viewer" },
  de: { owner: "Eigentümer", admin: "Administrator", member: "Mitglied", viewer: "Betrachter" },
});

const described = inLanguages({
  en: {
    owner: "May do everything, whatever another role denies.",
    admin: "May do everything but delete the organization and change its plan.",
    member: "Works with what the organization has.",
    viewer: "Looks at it, and changes nothing.",
  },
  de: {
    owner: "Darf alles, auch was eine andere Rolle verbietet.",
    admin: "Darf alles, außer die Organisation zu löschen und den Tarif zu ändern.",
    member: "Arbeitet mit dem, was die Organisation hat.",
    viewer: "Sieht es sich an und ändert nichts.",
  },
});

type BuiltIn = keyof (typeof builtIn)["en"];

const isBuiltIn = (name: string): name is BuiltIn => Object.hasOwn(builtIn.en, name);

/** What a role is called: a built-in one in the page's language, an organization's own by the name that it has. */
export const roleLabel = (page: Page, name: string): string => (isBuiltIn(name) ? page.say(builtIn)[name] : name);

/** What the roles of a role column are called, in one line. */
export const rolesLabel = (page: Page, column: string | null): string =>
  splitRoles(column)
    .map((name) => roleLabel(page, name))
    .join(", ");

/** What a role is for. */
export const roleDescription = (page: Page, { name, description }: { name: string; description: string | null }) =>
  isBuiltIn(name) ? page.say(described)[name] : description;
