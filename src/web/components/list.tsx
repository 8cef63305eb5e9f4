/** @jsxImportSource hono/jsx */
import { html } from "hono/html";
import type { Child } from "hono/jsx";
import type { Page } from "../../http/page.ts";
import { withQuery } from "../kit/api.ts";
import { localeOf } from "../kit/languages.ts";
import { common } from "../messages/common.ts";

/**
 * A list of rows, one line each; on a phone each row stands below the other, with its columns named. A column of links
 * needs no name. It is a template, which takes a quarter of the time that as many elements do.
 */
export function Rows(props: { caption: string; columns: readonly string[]; rows: readonly (readonly Child[])[] }) {
  const { caption, columns, rows } = props;
  const heads = columns.map((column) => (column === "" ? html`<td></td>` : html`<th scope="col">${column}</th>`));
  const lines = rows.map((cells) => {
    const shown = cells.map((cell, at) => html`<td data-label="${columns[at]}">${cell}</td>`);
    return html`<tr>
      ${shown}
    </tr>`;
  });
  return html`<table class="rows">
    <caption class="unseen">
      ${caption}
    </caption>
    <thead>
      <tr>
        ${heads}
      </tr>
    </thead>
    <tbody>
      ${lines}
    </tbody>
  </table>`;
}

/** What may be done to one row. @param of the row's name, for who hears the link without its row. */
export const Act = ({ href, label, of }: { href: string; label: string; of: string }) =>
  html`<a href="${href}" aria-label="${`${label}: ${of}`}">${label}</a>`;

/** What stands where a list is empty: what it is for, and the first step. */
export const Empty = ({ title, children }: { title: string; children?: Child }) => (
  <div class="empty">
    <h2>{title}</h2>
    {children}
  </div>
);

/** The way to the next page of a list. @param query what the list was asked for, without the cursor. */
export function Pager(props: {
  page: Page;
  next: string | null;
  query?: Readonly<Record<string, string | undefined>>;
  first?: boolean;
}) {
  const { page, next, query = {}, first = true } = props;
  if (next === null && first) return null;
  const t = page.say(common);
  return (
    <nav class="pager" aria-label={t.pages}>
      {first ? null : <a href={withQuery(page.path, query)}>{t.first}</a>}
      {next === null ? null : (
        <a rel="next" href={withQuery(page.path, { ...query, cursor: next })}>
          {t.next}
        </a>
      )}
    </nav>
  );
}

/** A field to search a list by, with what else it is filtered by. @param maxlength what the list takes. */
export function Search(props: { page: Page; q: string; label: string; maxlength?: number; children?: Child }) {
  const { page, q, label, maxlength = 200, children } = props;
  return (
    <form class="search" role="search" method="get" action={page.path}>
      <input type="search" name="q" value={q} aria-label={label} placeholder={label} maxlength={maxlength} />
      {children}
      <button type="submit">{page.say(common).search}</button>
    </form>
  );
}

/** What a list is filtered by, one of some. @param chosen the value that it is filtered by now. */
export const Filter = (props: {
  name: string;
  label: string;
  options: readonly { value: string; label: string }[];
  chosen: string | undefined;
}) => (
  <select name={props.name} aria-label={props.label}>
    {props.options.map(({ value, label }) => {
      const selected = value === (props.chosen ?? "") ? html` selected` : "";
      return html`<option value="${value}" ${selected}>${label}</option>`;
    })}
  </select>
);

// A format takes as long to make as a row of a list, so the last ones are kept.
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(locale: string, timeZone: string): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone}`;
  const known = formats.get(key);
  if (known) return known;
  if (formats.size >= 100) formats.clear();
  const made = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone });
  formats.set(key, made);
  return made;
}

/** An instant in the page's language and the person's time zone; the script shows it in the browser's where there is none. */
export function When({ page, at, empty = "" }: { page: Page; at: string | null; empty?: string }) {
  if (at === null) return <>{empty}</>;
  const { timezone, language } = page;
  const said = formatOf(localeOf(language), timezone ?? "UTC").format(new Date(at));
  return html`<time datetime="${at}" data-own="${String(timezone === null)}"
    >${timezone === null ? `${said} UTC` : said}</time
  >`;
}
