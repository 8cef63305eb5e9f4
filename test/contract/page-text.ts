/** What a page shows and what it is made of, as tests look at it. */
export type Read = {
  /** The texts that a person reads or hears, as they do: without tags, with entities resolved. */
  texts: string[];
  headings: number;
  title: string;
  /** What no page may hold: handlers and styles in attributes, scripts without a source, elements that only a name has. */
  faults: string[];
};

/** A name that would be elements and handlers if it weren't escaped. */
export const markup = `"><x-name onclick=x()>&'`;

/** Attributes that a person reads or hears. */
const spoken = ["alt", "title", "placeholder", "aria-label", "aria-description", "data-label", "data-copied", "label"];

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

const resolved = (text: string): string =>
  text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? "").trim();

/** Elements whose content is data by what they are, and those that say that they are in another language. */
const quoted = "code, pre, time, script, style, .code, [lang]:not(html)";

/** @param html a whole page. */
export function readPage(html: string): Read {
  const read: Read = { texts: [], headings: 0, title: "", faults: [] };
  let quoting = 0;
  let text = "";
  const rewriter = new HTMLRewriter()
    .on("*", {
      element({ tagName, attributes }) {
        for (const [name, value] of attributes) {
          if (/^on/i.test(name) || name === "style") read.faults.push(`<${tagName} ${name}="${value}">`);
          if (spoken.includes(name)) read.texts.push(resolved(value));
          if (/^\s*(javascript|data:text)/i.test(value)) read.faults.push(`<${tagName} ${name}="${value}">`);
        }
      },
      text(chunk) {
        text += chunk.text;
        if (!chunk.lastInTextNode) return;
        if (quoting === 0) read.texts.push(resolved(text));
        text = "";
      },
    })
    .on("script:not([src]), base, iframe, object, embed, x-name", {
      element: ({ tagName }) => void read.faults.push(`<${tagName}>`),
    })
    .on("h1", { element: () => void read.headings++ })
    .on("title", { text: (chunk) => void (read.title += chunk.text) })
    .on("input[type=submit], input[type=button]", {
      element: (element) => void read.texts.push(resolved(element.getAttribute("value") ?? "")),
    })
    .on(quoted, {
      element(element) {
        quoting++;
        element.onEndTag(() => void quoting--);
      },
    });
  rewriter.transform(html);
  return { ...read, texts: read.texts.filter((each) => each !== "") };
}

/**
 * What is left of a text without its messages, which stand in brackets, and without data.
 *
 * @param data whole values, longest first: names, addresses, what rows hold.
 * @returns words that are neither; empty where all of them are.
 */
export function untranslated(text: string, data: readonly string[]): string {
  // A message may hold another one.
  let rest = text;
  for (let before = ""; before !== rest;) {
    before = rest;
    rest = rest.replaceAll(/⟦[^⟦⟧]*⟧/g, " ");
  }
  for (const value of data) if (rest.includes(value)) rest = rest.replaceAll(value, " ");
  const words = rest.split(/[^\p{L}\p{N}@._:/-]+/u).filter((word) => /\p{L}{2}/u.test(word) && !isCode(word));
  return words.join(" ");
}

/** Whether a word is an id, an address, a URL or a time zone. */
const isCode = (word: string): boolean =>
  /\d.*\d/.test(word) || /@/.test(word) || /^https?:/.test(word) || /^[A-Z]\w+(\/\w+)+$/.test(word);
