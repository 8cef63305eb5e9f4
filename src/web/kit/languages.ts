import { askedOf } from "../../core/language.ts";
import type { InLanguages, Language } from "../../http/page.ts";

/** A message: a text, a function that makes one, or messages by name. */
type Message = string | ((...parts: never[]) => string) | { readonly [name: string]: Message };

/**
 * Declares messages beside the page that says them. German has just what English has, or it doesn't compile.
 *
 * @returns them by language, with English in brackets for tests.
 */
export function inLanguages<const English extends { readonly [name: string]: Message }>(messages: {
  en: English;
  de: Worded<NoInfer<English>>;
}): InLanguages<Worded<English>> {
  const english = messages.en as unknown as Worded<English>;
  return { en: english, de: messages.de, xx: bracketed(english) as Worded<English> };
}

/** The same messages, with whatever text. */
type Worded<T> = T extends string
  ? string
  : T extends (...parts: infer Parts) => string
    ? (...parts: Parts) => string
    : { readonly [Key in keyof T]: Worded<T[Key]> };

function bracketed(message: unknown): unknown {
  if (typeof message === "string") return `⟦${message}⟧`;
  if (typeof message === "function") return (...parts: unknown[]) => `⟦${String(message(...parts))}⟧`;
  return Object.fromEntries(Object.entries(message as object).map(([name, inner]) => [name, bracketed(inner)]));
}

/** One text in every language. */
export const text = (en: string, de: string): InLanguages<string> => ({ en, de, xx: `⟦${en}⟧` });

const spoken: readonly Language[] = ["en", "de", "xx"];

export const isLanguage = (name: string | undefined): name is Language =>
  name !== undefined && spoken.includes(name as Language);

/** What the browser asks for first of what is spoken; English where it asks for neither. */
export const languageOf = (header: string | undefined): Language => askedOf(spoken, header) ?? "en";

/** What `Intl` calls it. */
export const localeOf = (language: Language): string => (language === "de" ? "de" : "en-GB");
