import { describe, expect, test } from "bun:test";
import { askedLanguage, languages } from "../../src/core/language.ts";
import { compose, type Look } from "../../src/mail/compose.ts";
import { describeMail, Letter, type Unsent } from "../../src/mail/letter.ts";
import { examples } from "./letters.ts";

const look: Look = { name: "Gatehouse", color: "#1d4ed8", ink: "#ffffff", logoUrl: null };
const to = "ada@example.com";
const mailOf = (letter: Unsent, language: "en" | "de" = "en") => compose({ ...letter, language: null }, language, look);

/** What a browser shows of it as text. */
const shown = (html: string): string =>
  html
    .replaceAll(/<style>[^]*<\/style>|<[^>]+>/g, " ")
    .replaceAll(
      /&(amp|lt|gt|quot|#39);/g,
      (_, name: string) => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[name] ?? "'",
    );

for (const language of languages)
  describe(`every mail in ${language}`, () => {
    for (const [kind, write] of Object.entries(examples))
      test(`${kind} says the same in text and HTML, with one link or code, and why one gets it`, () => {
        const letter = { ...write(to), language };
        expect(Letter.parse(letter)).toEqual(letter);
        const { subject, text, html, opens } = mailOf(letter, language);
        const words = (of: string) => of.replaceAll(/\u2060|[\s:]+|-- /g, "");
        for (const line of text.split("\n")) expect(words(shown(html))).toContain(words(line));
        expect(html).toContain(`<html lang="${language}">`);
        expect(subject.length).toBeLessThan(120);
        const links = new Set(text.match(/https?:\/\/\S+/g));
        expect(links.size).toBeLessThanOrEqual(1);
        for (const link of links) expect(html).toContain(`href="${link}"`);
        expect([...links, ...(text.match(/^\d{6}$/m) ?? [])].toSorted().join(" ")).toBe(
          (opens ?? "").split(" ").filter(Boolean).toSorted().join(" "),
        );
        expect(text).toMatch(/You get this because|Sie erhalten diese Mail, weil/);
        // No part is forgotten in one of the languages.
        expect(text).not.toMatch(/undefined|null|\[object/);
      });
  });

test("no mail is worded alike in two languages", () => {
  for (const write of Object.values(examples))
    expect(mailOf(write(to), "en").text).not.toBe(mailOf(write(to), "de").text);
});

describe("what strangers wrote", () => {
  const nasty = `<img src=x onerror="alert(1)"> www.evil.example\nhttps://evil.example/${"x".repeat(200)}`;
  const { subject, text, html } = mailOf(describeMail.invitation(to, nasty, nasty, "https://auth.example.com/i/1"));

  test("is one short line", () => {
    expect(subject).not.toContain("\n");
    expect(subject.length).toBeLessThan(130);
    expect(text.split("\n").every((line) => line.length < 400)).toBe(true);
  });

  test("A22: is escaped in HTML", () => {
    expect(html).not.toContain("<img");
    expect(html).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;");
  });

  test("becomes no link: nothing that looks like an address of the web stays whole", () => {
    for (const part of [text, shown(html.replace(/<title>.*<\/title>/, ""))])
      expect(part.replaceAll("https://auth.example.com/i/1", "")).not.toMatch(/:\/\/\w|\w\.\w|\w@\w/);
    expect(html.match(/href="[^"]+"/g)).toEqual(['href="https://auth.example.com/i/1"']);
  });
});

test("an address that somebody changed to is told to the old one in outline only", () => {
  const { text } = mailOf(describeMail.emailChanged(to, "grace.hopper@example.com"));
  expect(text.replaceAll("\u2060", "")).toContain("g…@example.com");
  expect(text).not.toContain("grace");
});

test("the brand is in every mail: its name, its colours, its logo", () => {
  const acme: Look = { name: "Acme <ID>", color: "#ffd500", ink: "#000000", logoUrl: "https://a.example/l.png" };
  const { html, text } = compose({ ...examples.resetPassword(to), language: null }, "en", acme);
  expect(html).toContain("background:#ffd500;color:#000000");
  expect(html).toContain('<img src="https://a.example/l.png" alt="Acme &lt;ID&gt;"');
  expect(text).toContain("-- \nAcme <ID>");
  expect(html + text).not.toContain("Gatehouse");
});

test("the language is the first that a browser asks for and the service speaks", () => {
  const asked = {
    "de-CH,de;q=0.9,en;q=0.8": "de",
    "fr, en;q=0.4, de;q=0.5": "de",
    "en-GB": "en",
    "de;q=0, en;q=0.1": "en",
    "fr;q=1": null,
    "": null,
    "*": null,
  };
  for (const [header, language] of Object.entries(asked))
    expect([header, askedLanguage(header)]).toEqual([header, language as never]);
  expect(askedLanguage(null)).toBeNull();
});
