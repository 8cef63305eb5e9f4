/** @jsxImportSource hono/jsx */
import { html } from "hono/html";
import type { Child } from "hono/jsx";

export type Place = { href: string; label: string };

/** A part of the site with a menu of its own. The place that the path is at, or under, is marked. */
export function Area(props: {
  /** What the menu is called; shown where there is no heading. */
  label: string;
  heading?: Child;
  places: readonly Place[];
  path: string;
  children?: Child;
}) {
  const { label, heading, places, path, children } = props;
  const here = places
    .filter(({ href }) => path === href || path.startsWith(`${href}/`))
    .toSorted((a, b) => b.href.length - a.href.length)[0];
  return (
    <div class="area">
      <nav class="places" aria-label={label}>
        {heading === undefined ? null : <div class="title">{heading}</div>}
        <ul class="menu">
          {places.map((place) => {
            const current = place === here ? html` aria-current="page"` : "";
            return html`<li><a href="${place.href}" ${current}>${place.label}</a></li>`;
          })}
        </ul>
      </nav>
      <main id="content">{children}</main>
    </div>
  );
}
