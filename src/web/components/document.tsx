/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { Page } from "../../http/page.ts";
import { accountOf, administers } from "../kit/enter.ts";
import { common } from "../messages/common.ts";
import { Notice } from "./notice.tsx";

/** The page around every page: its head, who is signed in, what was just achieved. */
export function Document(props: { page: Page; title: string; live: boolean; children?: Child }) {
  const { page, title, live, children } = props;
  const { site, language, theme, told } = page;
  const t = page.say(common);
  return (
    <html lang={language === "de" ? "de" : "en"} data-theme={theme ?? undefined}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={theme ?? "light dark"} />
        <title>{`${title} · ${site.brand.name}`}</title>
        <link rel="icon" href={site.brand.logoUrl ?? "data:,"} />
        <link rel="stylesheet" href={site.assets.css} />
        <script type="module" src={site.assets.js}></script>
      </head>
      <body data-live={live ? "" : undefined}>
        <a class="skip" href="#content">
          {t.skip}
        </a>
        <Acting page={page} />
        <Header page={page} />
        {told === null ? null : <Notice kind="good">{told}</Notice>}
        {children}
        <Footer page={page} />
      </body>
    </html>
  );
}

function Header({ page }: { page: Page }) {
  const { brand } = page.site;
  const t = page.say(common);
  return (
    <header class="top">
      <a class="brand" href="/">
        {brand.logoUrl === null ? null : <img src={brand.logoUrl} alt="" height="24" />}
        {brand.name}
      </a>
      {page.viewer === null ? null : (
        <nav class="who" aria-label={t.menu}>
          {accountOf(page) === null ? null : <a href="/account/organizations">{t.organizations}</a>}
          {administers(page.viewer) ? <a href="/admin">{t.administration}</a> : null}
          <a href="/account">{accountOf(page) === null ? t.noAccount : page.viewer.name || page.viewer.email}</a>
          <form method="post" action="/auth/sign-out">
            <button class="quiet" type="submit">
              {t.signOut}
            </button>
          </form>
        </nav>
      )}
    </header>
  );
}

/** Says, on every page, that an administrator acts as somebody else. */
function Acting({ page: { viewer, say } }: { page: Page }) {
  if (viewer === null || viewer.impersonatorId === null) return null;
  const t = say(common);
  return (
    <aside class="acting">
      {t.actingAs(viewer.name || viewer.email)}
      <form method="post" action="/auth/stop-acting">
        <button type="submit">{t.stopActing}</button>
      </form>
    </aside>
  );
}

const languages = { en: "English", de: "Deutsch" } as const;

function Footer({ page }: { page: Page }) {
  return (
    <footer class="bottom">
      <form method="post" action="/language">
        <input type="hidden" name="return_to" value={page.path} />
        {(["en", "de"] as const).map((language) => (
          <button
            class="quiet"
            name="language"
            value={language}
            lang={language}
            aria-pressed={page.language === language ? "true" : undefined}
          >
            {languages[language]}
          </button>
        ))}
      </form>
    </footer>
  );
}
