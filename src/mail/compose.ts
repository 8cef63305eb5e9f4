import type { Language } from "../core/language.ts";
import type { Content, Words } from "./content.ts";
import { Html, html } from "./html.ts";
import type { Letter } from "./letter.ts";
import type { Mail } from "./mailer.ts";
import { de } from "./words/de.ts";
import { en } from "./words/en.ts";

/** How the service calls itself, and how it looks. @property ink the colour of what is written on `color`. */
export type Look = { name: string; color: string; ink: string; logoUrl: string | null };

const words: Readonly<Record<Language, Words>> = { en, de };

/** Makes a letter the mail that is sent. */
export function compose({ to, about }: Letter, language: Language, look: Look): Mail {
  const say = words[language][about.kind] as (values: object, brand: string) => Content;
  const content = say(about.values, look.name);
  const { code, button, subject } = content;
  const opens = [code, button?.url].filter((part) => part !== undefined);
  return {
    to,
    subject,
    text: textOf(content, look),
    html: htmlOf(content, language, look),
    opens: opens.join(" ") || null,
  };
}

/** A stranger's `evil.example` must not become a link: an invisible sign keeps mail programs from taking it for one. */
const inert = (text: string): string => text.replaceAll(/(?<=\S)[.:@/](?=\S)/g, (sign) => `${sign}\u2060`);

function textOf({ heading, paragraphs, code, button, facts = [], note }: Content, { name }: Look): string {
  return [
    inert(heading),
    ...paragraphs.map(inert),
    ...(code === undefined ? [] : [code]),
    ...(button === undefined ? [] : [`${button.label}:\n\n${button.url}`]),
    ...(facts.length === 0 ? [] : [facts.map(([what, value]) => `${what}: ${inert(value)}`).join("\n")]),
    inert(note),
    `-- \n${inert(name)}\n`,
  ].join("\n\n");
}

// Sizes of text are in px, and tables hold the layout: mail programs know little else. What they know of dark schemes
// is in the style sheet; those that drop it show the light one.
const styles = `
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  @media (prefers-color-scheme: dark) {
    .page, .page td.outer { background: #111418 !important; }
    .card { background: #1b1f24 !important; border-color: #353b43 !important; }
    .ink, .ink td { color: #e8eaed !important; }
    .soft, .soft td { color: #a9b1ba !important; }
    .code { background: #111418 !important; color: #e8eaed !important; border-color: #353b43 !important; }
    .line { border-color: #353b43 !important; }
  }`;

const font = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";

function htmlOf(content: Content, language: Language, look: Look): string {
  const { subject, heading, paragraphs, code, button, facts = [], note } = content;
  const { name, color, ink, logoUrl } = look;
  const logo =
    logoUrl === null
      ? html`<strong>${name}</strong>`
      : html`<img src="${logoUrl}" alt="${name}" height="32" style="height:32px;max-width:240px;border:0" />`;
  const body = paragraphs.map((text) => html`<p style="margin:0 0 16px">${inert(text)}</p>`);
  const typed =
    code === undefined
      ? []
      : [
          html`<p
            class="code"
            style="margin:0 0 20px;padding:12px;border:1px solid #d5d9de;border-radius:8px;background:#f4f5f7;text-align:center;font:600 28px/1.3 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;letter-spacing:6px"
          >
            ${code}
          </p>`,
        ];
  const opened =
    button === undefined
      ? []
      : [
          html`<table role="presentation" cellpadding="0" cellspacing="0" style="margin:0 0 20px">
            <tr>
              <td bgcolor="${color}" style="border-radius:8px">
                <a
                  href="${button.url}"
                  style="display:inline-block;padding:12px 20px;border-radius:8px;background:${color};color:${ink};font-weight:600;text-decoration:none"
                  >${button.label}</a
                >
              </td>
            </tr>
          </table>`,
          html`<p class="soft" style="margin:0 0 20px;color:#5c6570;font-size:13px;word-break:break-all">
            ${button.url}
          </p>`,
        ];
  const rows = facts.map(
    ([what, value]) =>
      html`<tr>
        <td class="soft" style="padding:0 16px 4px 0;color:#5c6570;vertical-align:top">${what}</td>
        <td style="padding:0 0 4px;word-break:break-word">${inert(value)}</td>
      </tr>`,
  );
  const table =
    rows.length === 0
      ? []
      : [
          html`<table
            role="presentation"
            cellpadding="0"
            cellspacing="0"
            class="ink"
            style="margin:0 0 16px;font-size:15px;line-height:1.5"
          >
            ${rows}
          </table>`,
        ];
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>${subject}</title>
        <style>
          ${new Html(styles)}
        </style>
      </head>
      <body class="page" style="margin:0;padding:0;background:#f4f5f7">
        <table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f4f5f7">
          <tr>
            <td class="outer" align="center" style="padding:24px 12px">
              <table
                role="presentation"
                class="card ink"
                width="100%"
                cellpadding="0"
                cellspacing="0"
                style="max-width:520px;background:#ffffff;border:1px solid #e2e5e9;border-radius:12px;color:#1b1f24;${font};font-size:16px;line-height:1.5"
              >
                <tr>
                  <td style="padding:24px">
                    <div style="margin:0 0 24px">${logo}</div>
                    <h1 style="margin:0 0 16px;font-size:22px;line-height:1.3;word-break:break-word">
                      ${inert(heading)}
                    </h1>
                    ${[...body, ...typed, ...opened, ...table]}
                    <p
                      class="soft line"
                      style="margin:8px 0 0;padding:16px 0 0;border-top:1px solid #e2e5e9;color:#5c6570;font-size:13px"
                    >
                      ${inert(note)}
                    </p>
                  </td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html> `.text;
}
