import type { InLanguages } from "../../../http/page.ts";
import { text } from "../../kit/languages.ts";

/** What refusals mean to a person, by code. */
export type ByCode = Readonly<Record<string, InLanguages<string>>>;

/** Words by the codes that they stand for, with a space between codes that mean the same to a person. */
export const byCode = (words: Readonly<Record<string, readonly [en: string, de: string]>>): ByCode =>
  Object.fromEntries(
    Object.entries(words).flatMap(([codes, [en, de]]) => codes.split(" ").map((code) => [code, text(en, de)])),
  );
