import type { Kind, Values } from "./letter.ts";

/** What a mail says, before it is text or HTML. Any string in it may hold what strangers wrote. */
export type Content = {
  subject: string;
  /** The first line that is read. */
  heading: string;
  paragraphs: readonly string[];
  /** What one types. */
  code?: string;
  /** What one opens: there is one at most. */
  button?: { label: string; url: string };
  /** What happened, in a few words each. */
  facts?: readonly (readonly [name: string, value: string])[];
  /** Why one gets it, and what to do if it wasn't oneself. */
  note: string;
};

/** Every mail in one language. @param brand what the service is called. */
export type Words = { readonly [K in Kind]: (values: Values<K>, brand: string) => Content };
