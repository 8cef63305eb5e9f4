import type { Language } from "../core/language.ts";
import { compose, type Look } from "./compose.ts";
import type { Letter } from "./letter.ts";
import type { Mailer } from "./mailer.ts";

type Ports = {
  mailer: Mailer;
  look: Look;
  /** The language that the owner of an address has set; null where there is none. */
  languageOf: (address: string) => Promise<Language | null>;
};

/** What sends a letter, in the language of who gets it. @param id the same for each try. */
export const letterSender =
  ({ mailer, look, languageOf }: Ports) =>
  async (letter: Letter, id: string): Promise<void> => {
    const language = (await languageOf(letter.to)) ?? letter.language ?? "en";
    await mailer.send(compose(letter, language, look), id);
  };
