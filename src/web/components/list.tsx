/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { Page } from "../../http/page.ts";
import { withQuery } from "../kit/api.ts";
import { common } from "../messages/common.ts";

/**
 * A list of rows, one line each; on a phone each row stands below the other, with its columns named. A column of links
 * needs no name.
 */
export function Rows(props: { caption: string; columns: readonly string[]; rows: readonly (readonly Child[])[] }) {
  const { caption, columns, rows } = props;
  return (
    <table class="rows">
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>{columns.map((column) => (column === "" ? <td></td> : <th scope="col">{column}</th>))}</tr>
      </thead>
      <tbody>
        {rows.map((cells) => (
          <tr>
            {cells.map((cell, at) => (
              <td data-label={columns[at]}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

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

/** A field to search a list by, with what else it is filtered by. */
export function Search({ page, q, label, children }: { page: Page; q: string; label: string; children?: Child }) {
  return (
    <form class="search" role="search" method="get" action={page.path}>
      <input type="search" name="q" value={q} aria-label={label} placeholder={label} maxlength={200} />
      {children}
      <button type="submit">{page.say(common).search}</button>
    </form>
  );
}

/** An instant in the page's language and the person's time zone; the script shows it in the browser's where there is none. */
export function When({ page, at, empty = "" }: { page: Page; at: string | null; empty?: string }) {
  if (at === null) return <>{empty}</>;
  const locale = page.language === "de" ? "de" : "en-GB";
  const { timezone } = page;
  const timeZone = timezone ?? "UTC";
  const shown = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone });
  const said = shown.format(new Date(at));
  return (
    <time datetime={at} data-own={timezone === null}>
      {timezone === null ? `${said} UTC` : said}
    </time>
  );
}
