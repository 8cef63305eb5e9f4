import type { InLanguages, Page } from "../../http/page.ts";
import { inLanguages } from "../kit/languages.ts";
import type { ByCode } from "./refusals/by-code.ts";
import { general } from "./refusals/general.ts";
import { organizations } from "./refusals/organizations.ts";
import { signingIn } from "./refusals/signing-in.ts";

/** What the API's refusals mean to a person, by code. Modules bring the words for their own: see `Module.words`. */
export const problems: ByCode = { ...signingIn, ...organizations, ...general };

const other = inLanguages({ en: { refused: "This can't be done." }, de: { refused: "Das ist nicht möglich." } });

/** The words for a code; undefined where there are none. */
export const problemWords = (code: string, added: ByCode): InLanguages<string> | undefined =>
  Object.hasOwn(added, code) ? added[code] : Object.hasOwn(problems, code) ? problems[code] : undefined;

/** A refusal in the page's language; in English the API's own words where there are no better ones. */
export function problemMessage(page: Page, code: string, detail: string): string {
  const known = problemWords(code, page.site.words);
  if (known) return page.say(known);
  return page.language === "de" || detail === "" ? page.say(other).refused : detail;
}
