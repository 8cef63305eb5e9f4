import { inLanguages } from "../kit/languages.ts";

/** What the reference says around the document, which is in English. */
export const messages = inLanguages({
  en: {
    title: "API reference",
    titleOf: (section: string) => `${section}: API reference`,
    text: "Every operation of this service, each with a line to try it by. Variables such as $API_KEY are yours to fill in.",
    document: "The same as an OpenAPI document",
    search: "Name, path or what it does",
    none: "No operation found",
    all: "Show all",
    back: "All operations",
    parameters: "Parameters",
    body: "Body",
    answers: "Answers",
    required: "required",
  },
  de: {
    title: "API-Referenz",
    titleOf: (section: string) => `${section}: API-Referenz`,
    text: "Jede Operation dieses Dienstes, jeweils mit einer Zeile zum Ausprobieren. Variablen wie $API_KEY füllen Sie selbst. Die Beschreibungen sind auf Englisch.",
    document: "Dasselbe als OpenAPI-Dokument",
    search: "Name, Pfad oder was sie tut",
    none: "Keine Operation gefunden",
    all: "Alle anzeigen",
    back: "Alle Operationen",
    parameters: "Parameter",
    body: "Inhalt",
    answers: "Antworten",
    required: "erforderlich",
  },
});
