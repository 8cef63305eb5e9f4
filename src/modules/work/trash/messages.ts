import { inLanguages } from "../../../web/kit/languages.ts";

/** What the pages of the trash say. */
export const messages = inLanguages({
  en: {
    title: "Trash",
    what: "What",
    kind: "Kind",
    when: "Deleted",
    restore: "Restore",
    restored: (name: string) => `“${name}” is back.`,
    purge: "Delete permanently",
    purgeTitle: (name: string) => `Delete “${name}” permanently?`,
    purgeText: "It goes with all that belongs to it. This can't be undone.",
    purged: (name: string) => `“${name}” is gone.`,
    by: (name: string) => `by ${name}`,
    empty: "The trash is empty",
    emptyText: "What you delete is kept here for a while, so that you can take it out again.",
  },
  de: {
    title: "Papierkorb",
    what: "Was",
    kind: "Art",
    when: "Gelöscht",
    restore: "Wiederherstellen",
    restored: (name: string) => `„${name}“ ist wieder da.`,
    purge: "Endgültig löschen",
    purgeTitle: (name: string) => `„${name}“ endgültig löschen?`,
    purgeText: "Alles, was dazugehört, geht mit. Das lässt sich nicht rückgängig machen.",
    purged: (name: string) => `„${name}“ ist gelöscht.`,
    by: (name: string) => `von ${name}`,
    empty: "Der Papierkorb ist leer",
    emptyText: "Was Sie löschen, bleibt eine Weile hier, damit Sie es wieder herausnehmen können.",
  },
});
