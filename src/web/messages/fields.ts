import type { InLanguages, Page } from "../../http/page.ts";

type Said = (part: string) => string;

const counted = (en: Said, de: Said): InLanguages<Said> => ({ en, de, xx: (part) => `⟦${en(part)}⟧` });
const plain = (en: string, de: string): InLanguages<Said> =>
  counted(
    () => en,
    () => de,
  );

const required = plain("Fill this in.", "Bitte ausfüllen.");
const chosen = plain("Choose one of these.", "Wählen Sie eines davon.");
const taken = plain("This is taken. Choose another.", "Das ist vergeben. Wählen Sie etwas anderes.");
const gone = plain("This isn't there any more. Choose another.", "Das gibt es nicht mehr. Wählen Sie etwas anderes.");
const unsent = plain("This can't be sent along.", "Das kann hier nicht mitgesendet werden.");
const number = plain("This isn't a number that fits here.", "Diese Zahl passt hier nicht.");
const kind = plain("This isn't of the right kind.", "Das ist nicht von der richtigen Art.");

/** What zod and our own rules say of a field, in words of a person. The first that fits counts. */
const words: readonly (readonly [RegExp, InLanguages<Said>])[] = [
  [
    /^Too small: expected string to have >=1 |^Invalid input: expected \S+, received undefined|^is (?:required$|missing)/,
    required,
  ],
  [
    /^Too small: expected string to have (?:>=|exactly )(\d+) /,
    counted(
      (n) => `Write at least ${n} characters.`,
      (n) => `Schreiben Sie mindestens ${n} Zeichen.`,
    ),
  ],
  [
    /^Too big: expected string to have (?:<=|exactly )(\d+) /,
    counted(
      (n) => `Write at most ${n} characters.`,
      (n) => `Schreiben Sie höchstens ${n} Zeichen.`,
    ),
  ],
  [
    /^Too small: expected (?:array|set|map|record|object) |^must name a role|^names no permission/,
    plain("Choose at least one.", "Wählen Sie mindestens eines."),
  ],
  [
    /^Too big: expected (?:array|set|map|record|object) to have (?:<=|exactly )(\d+) |^has (?:at most|more than) (\d+) |^an organization has at most (\d+)|^must name at most (\d+) /,
    counted(
      (n) => `There can be at most ${n}.`,
      (n) => `Es können höchstens ${n} sein.`,
    ),
  ],
  [
    /^Too small: expected \S+ to be >=?(\S+)/,
    counted(
      (n) => `At least ${n}.`,
      (n) => `Mindestens ${n}.`,
    ),
  ],
  [
    /^Too big: expected \S+ to be <=?(\S+)/,
    counted(
      (n) => `At most ${n}.`,
      (n) => `Höchstens ${n}.`,
    ),
  ],
  [/^Invalid number: must be a multiple of|^Invalid input: expected (?:number|int|bigint)/, number],
  [/^Invalid (?:option|input: expected (?:"|true|false|null))|^Invalid discriminator/, chosen],
  [/^Invalid email/, plain("This isn't an e-mail address.", "Das ist keine E-Mail-Adresse.")],
  [/^Invalid URL/, plain("This isn't a URL.", "Das ist keine URL.")],
  [/^must be an http or https URL/, plain("A URL begins with https.", "Eine URL beginnt mit https.")],
  [
    /^must be a path such as/,
    plain("Write a path such as /projects, or a URL.", "Schreiben Sie einen Pfad wie /projects oder eine URL."),
  ],
  [
    /^Invalid ISO (?:datetime|date|time)|^Invalid input: expected date/,
    plain("This isn't a date.", "Das ist kein Datum."),
  ],
  [
    /^must be between 1970 and 9999/,
    plain("Choose a date from 1970 to 9999.", "Wählen Sie ein Datum von 1970 bis 9999."),
  ],
  [/^has passed/, plain("Choose a time to come.", "Wählen Sie eine Zeit in der Zukunft.")],
  [
    /^must be later than the period's start/,
    plain("Choose a time after the period's start.", "Wählen Sie eine Zeit nach dem Beginn des Zeitraums."),
  ],
  [
    /^must have at most 48 of a-z/,
    plain(
      "Use at most 48 of a–z, 0–9 and single hyphens between them.",
      "Verwenden Sie höchstens 48 Zeichen: a–z, 0–9 und einzelne Bindestriche dazwischen.",
    ),
  ],
  [
    /^must be of a-z/,
    plain(
      "Use a–z and 0–9, with single hyphens or underscores between them.",
      "Verwenden Sie a–z und 0–9, dazwischen einzelne Binde- oder Unterstriche.",
    ),
  ],
  [/^must not be /, plain("This name means something else here. Choose another.", "Dieser Name ist belegt.")],
  [
    /^a name has at most 64/,
    plain(
      "Use at most 64 letters, digits and _ . -, with a letter first.",
      "Verwenden Sie höchstens 64 Buchstaben, Ziffern und _ . -, zuerst einen Buchstaben.",
    ),
  ],
  [
    /^must be an IANA time zone/,
    plain("Choose a time zone such as Europe/Zurich.", "Wählen Sie eine Zeitzone wie Europe/Zurich."),
  ],
  [/^is taken/, taken],
  [/^is wrong/, plain("This is wrong.", "Das stimmt nicht.")],
  [/^there is no |^names a role that doesn't exist|^is no permission|^Invalid UUID|^Invalid GUID/, gone],
  [
    /^must be the user id of a member/,
    plain("Choose a member of the organization.", "Wählen Sie ein Mitglied der Organisation."),
  ],
  [
    /^would put the item below itself/,
    plain("An item can't stand below itself.", "Ein Eintrag kann nicht unter sich selbst stehen."),
  ],
  [/^would make the menu deeper/, plain("A menu has at most ten levels.", "Ein Menü hat höchstens zehn Ebenen.")],
  [/^needs `remaining`/, plain("Give a quota too.", "Geben Sie auch ein Kontingent an.")],
  [
    /^only an allowance can be limited/,
    plain("Only what is allowed can be limited to one's own.", "Nur Erlaubtes lässt sich auf Eigenes beschränken."),
  ],
  [
    /^(?:must be|is) organization: /,
    plain("Only its owner makes this private.", "Nur der Eigentümer macht das privat."),
  ],
  [/^comes with /, plain("Fill in both, or neither.", "Füllen Sie beides aus oder keines.")],
  [/^is required without|^can't be given along with/, plain("Give one of the two.", "Geben Sie eines von beiden an.")],
  [/^isn't a field of this|^Unrecognized key/, unsent],
  [
    /^holds NUL or half/,
    plain(
      "There is a character in this that can't be stored.",
      "Darin ist ein Zeichen, das sich nicht speichern lässt.",
    ),
  ],
  [
    /^has at most .* as JSON|^is longer than/,
    plain("This is too long. Shorten it.", "Das ist zu lang. Kürzen Sie es."),
  ],
  [/^must be resource:action|^must be filters|^name one permission/, kind],
  [/^Invalid (?:input|string|key|value|base64|JWT|IP|CIDR|ULID|cuid|nanoid|E\.164|emoji|phone)/i, kind],
];

const unknown = plain("This isn't accepted.", "Das wird nicht angenommen.");

/** The words for a message of the API about a field; undefined where there are none. @param added of modules. */
export function fieldWords(message: string, added: Readonly<Record<string, InLanguages<string>>>) {
  const own = Object.hasOwn(added, message) ? added[message] : undefined;
  if (own) return own;
  for (const [pattern, said] of words) {
    const found = pattern.exec(message);
    const part = found?.slice(1).find((each) => each !== undefined) ?? "";
    if (found) return { en: said.en(part), de: said.de(part), xx: said.xx(part) };
  }
  return undefined;
}

/** What is wrong with a field, in the page's language; in English the API's own words where there are no better ones. */
export function fieldMessage(page: Page, message: string): string {
  const known = fieldWords(message, page.site.words);
  if (known) return page.say(known);
  if (page.language === "de") return page.say(unknown)("");
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}`.replace(/(?<![.!?])$/, ".");
}
