import type { InLanguages, Page } from "../../http/page.ts";
import { inLanguages, text } from "../kit/languages.ts";

/** What the API's refusals mean to a person, by code. */
export const problems: Readonly<Record<string, InLanguages<string>>> = {
  validation_failed: text("Some fields need another look.", "Bitte prüfen Sie die markierten Felder."),
  forbidden: text("Your role doesn't allow this.", "Ihre Rolle erlaubt das nicht."),
  precondition_failed: text(
    "Somebody has changed this in the meantime. Look at it again, then save.",
    "Jemand hat das inzwischen geändert. Sehen Sie es sich noch einmal an und speichern Sie dann.",
  ),
  rate_limited: text("Too many tries. Wait a minute, then try again.", "Zu viele Versuche. Warten Sie eine Minute."),
  invalid_email_or_password: text("The address or the password is wrong.", "Adresse oder Passwort stimmt nicht."),
};

const other = inLanguages({
  en: { refused: "This can't be done.", field: "This isn't accepted." },
  de: { refused: "Das ist nicht möglich.", field: "Das wird nicht angenommen." },
});

/** A refusal in the page's language; in English the API's own words where there are no better ones. */
export function problemMessage(page: Page, code: string, detail: string): string {
  const known = Object.hasOwn(problems, code) ? problems[code] : undefined;
  if (known) return page.say(known);
  return page.language === "de" || detail === "" ? page.say(other).refused : detail;
}

type OfNumber = (n: string) => string;

const counted = (en: OfNumber, de: OfNumber): InLanguages<OfNumber> => ({ en, de, xx: (n) => `⟦${en(n)}⟧` });

/** What zod says of a field, in words of a person. */
const ofFields: readonly [RegExp, InLanguages<OfNumber>][] = [
  [
    /^Too small: expected string to have >=1 /,
    counted(
      () => "Fill this in.",
      () => "Bitte ausfüllen.",
    ),
  ],
  [
    /^Too small: expected string to have >=(\d+) /,
    counted(
      (n) => `Write at least ${n} characters.`,
      (n) => `Schreiben Sie mindestens ${n} Zeichen.`,
    ),
  ],
  [
    /^Too big: expected string to have <=(\d+) /,
    counted(
      (n) => `Write at most ${n} characters.`,
      (n) => `Schreiben Sie höchstens ${n} Zeichen.`,
    ),
  ],
  [
    /^Too small: expected number to be >=?(\S+)/,
    counted(
      (n) => `At least ${n}.`,
      (n) => `Mindestens ${n}.`,
    ),
  ],
  [
    /^Too big: expected number to be <=?(\S+)/,
    counted(
      (n) => `At most ${n}.`,
      (n) => `Höchstens ${n}.`,
    ),
  ],
  [
    /^Invalid email/,
    counted(
      () => "This isn't an e-mail address.",
      () => "Das ist keine E-Mail-Adresse.",
    ),
  ],
  [
    /^Invalid URL/,
    counted(
      () => "This isn't a URL.",
      () => "Das ist keine URL.",
    ),
  ],
];

/** What is wrong with a field, in the page's language. */
export function fieldMessage(page: Page, message: string): string {
  for (const [pattern, said] of ofFields) {
    const found = pattern.exec(message);
    if (found) return page.say(said)(found[1] ?? "");
  }
  if (page.language === "de") return page.say(other).field;
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}`.replace(/(?<![.!?])$/, ".");
}
