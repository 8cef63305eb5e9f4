/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { Page, Wire } from "../../http/page.ts";
import type { AuditEvent } from "../../modules/platform/audit-events/index.ts";
import { When } from "./list.tsx";
import { inLanguages } from "../kit/languages.ts";

export type Event = Wire<AuditEvent>;

const messages = inLanguages({
  en: {
    system: "The service",
    key: "An API key",
    gone: "Somebody who isn't here any more",
    support: "by support",
    administrator: "as an administrator",
    secret: "changed",
  },
  de: {
    system: "Der Dienst",
    key: "Ein API-Schlüssel",
    gone: "Jemand, der nicht mehr hier ist",
    support: "durch den Support",
    administrator: "als Administrator",
    secret: "geändert",
  },
});

/** Who did something: by name, and whether an administrator acted as them. @param href where there is more about them. */
export function whoDid(page: Page, { actor }: Event, href?: string): Child {
  const t = page.say(messages);
  const name = actor.type === "system" ? t.system : (actor.name ?? (actor.type === "key" ? t.key : t.gone));
  const shown = href === undefined ? name : <a href={href}>{name}</a>;
  if (actor.type !== "support" && actor.type !== "administrator") return shown;
  return (
    <>
      {shown} <span class="tag">{t[actor.type]}</span>
    </>
  );
}

const [mostFields, longest] = [8, 80];

/** The fields that changed, before and after. What only tells rows apart is left out. */
export function Changes({ page, event }: { page: Page; event: Event }) {
  const fields = Object.entries(event.changes).filter(([name]) => !/(^id|Id|At|Key)$/.test(name));
  if (fields.length === 0) return null;
  return (
    <ul>
      {fields.slice(0, mostFields).map(([name, { from, to }]) => (
        <li>
          <code>{name}</code>: {isNothing(from) ? null : <Value page={page} value={from} />}
          {isNothing(from) ? null : " → "}
          <Value page={page} value={to} />
        </li>
      ))}
      {fields.length > mostFields ? <li>…</li> : null}
    </ul>
  );
}

const isNothing = (value: unknown): boolean => value === null || value === undefined;

function Value({ page, value }: { page: Page; value: unknown }) {
  if (isNothing(value)) return <>–</>;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return <When page={page} at={text} />;
  return <code>{text.length > longest ? `${text.slice(0, longest)}…` : text}</code>;
}
