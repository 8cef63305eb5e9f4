import type { Language } from "../core/language.ts";
import { compose, type Look } from "./compose.ts";
import type { Letter } from "./letter.ts";
import type { Mailer } from "./mailer.ts";

type Ports = {
  mailer: Mailer;
  look: Look;
  /** What the owner of an address has set; null where there is nobody, or nothing. */
  wishesOf: (address: string) => Promise<{ language: Language | null; newDevice: boolean } | null>;
};

/** What sends a letter, in the language of who gets it, unless they don't want such. @param id the same for each try. */
export const letterSender =
  ({ mailer, look, wishesOf }: Ports) =>
  async (letter: Letter, id: string): Promise<void> => {
    const wishes = await wishesOf(letter.to);
    if (letter.about.kind === "newDevice" && wishes?.newDevice === false) return;
    const language = wishes?.language ?? letter.language ?? "en";
    await mailer.send(compose(letter, language, look), id);
  };
