/** @jsxImportSource hono/jsx */
import { Area } from "../components/area.tsx";
import { inLanguages } from "../kit/languages.ts";
import type { Frame } from "../kit/show.tsx";
import { common } from "../messages/common.ts";

const messages = inLanguages({ en: { overview: "Overview" }, de: { overview: "Überblick" } });

/** The menu of the platform's administration. */
export const AdminFrame: Frame = ({ page, children }) => (
  <Area
    label={page.say(common).administration}
    places={[{ href: "/admin", label: page.say(messages).overview }]}
    path={page.path}
  >
    {children}
  </Area>
);
