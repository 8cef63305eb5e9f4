import { expect, test } from "bun:test";
import { inLanguages, languageOf } from "../../../src/web/kit/languages.ts";

test("a page speaks what the browser asks for first of what it speaks", () => {
  const asked: [string | undefined, string][] = [
    [undefined, "en"],
    ["", "en"],
    ["de", "de"],
    ["de-AT,en;q=0.5", "de"],
    ["fr,de;q=0.1", "de"],
    ["en;q=0.2,de;q=0.9", "de"],
    ["de;q=0", "en"],
    ["*", "en"],
    ["fr", "en"],
    [";;;,,q=", "en"],
    ["de,".repeat(2000), "de"],
  ];
  for (const [header, language] of asked) expect([header, languageOf(header)]).toEqual([header, language as "en"]);
});

test("a bracket around each message shows what isn't one", () => {
  const { xx } = inLanguages({
    en: { plain: "Save", counted: (n: number) => `${n} rows`, inner: { deep: "Deep" } },
    de: { plain: "Speichern", counted: (n: number) => `${n} Zeilen`, inner: { deep: "Tief" } },
  });
  expect([xx.plain, xx.counted(2), xx.inner.deep]).toEqual(["⟦Save⟧", "⟦2 rows⟧", "⟦Deep⟧"]);
});
