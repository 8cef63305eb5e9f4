import { inLanguages } from "../kit/languages.ts";

/** What is said of the things that an administrator can do about a person. */
export const messages = inLanguages({
  en: {
    ban: {
      title: (name: string) => `Ban ${name}?`,
      text: "Their sessions end at once, and the API keys that they made are refused while the ban lasts.",
      submit: "Ban",
      done: "Banned.",
    },
    unban: {
      title: (name: string) => `Lift the ban of ${name}?`,
      text: "They can sign in again. Sessions that the ban ended don't come back.",
      submit: "Lift the ban",
      done: "The ban is lifted.",
    },
    make: {
      title: (name: string) => `Make ${name} an administrator?`,
      text: "Administrators see all people and organizations here, and can do all that you can.",
      submit: "Make an administrator",
      done: "Now an administrator.",
    },
    unmake: {
      title: (name: string) => `Take administration away from ${name}?`,
      text: "They keep their account and their organizations.",
      submit: "Take it away",
      done: "No administrator any more.",
    },
    impersonate: {
      title: (name: string) => `Act as ${name}?`,
      text: "For an hour at most, you see and do what they can. The history names you as well, and a bar on every page lets you stop.",
      submit: "Act as this person",
      done: "You act as somebody else now. Stop when you are done.",
    },
    remove: {
      title: (name: string) => `Delete the account of ${name}?`,
      text: "It goes with its sessions and memberships. What they made in organizations stays there. This can't be undone.",
      submit: "Delete the account",
      done: "The account is deleted.",
    },
    endSessions: {
      title: (name: string) => `End all sessions of ${name}?`,
      text: "They have to sign in again on every device. API keys go on.",
      submit: "End all sessions",
      done: "All sessions are ended.",
    },
    reason: "Reason",
    reasonHint: "Only administrators see it.",
    length: "For how long",
    lengths: { day: "A day", week: "A week", month: "30 days", year: "A year", ever: "For ever" },
  },
  de: {
    ban: {
      title: (name: string) => `${name} sperren?`,
      text: "Die Sitzungen enden sofort, und die API-Schlüssel dieser Person werden abgewiesen, solange die Sperre gilt.",
      submit: "Sperren",
      done: "Gesperrt.",
    },
    unban: {
      title: (name: string) => `Sperre von ${name} aufheben?`,
      text: "Die Person kann sich wieder anmelden. Beendete Sitzungen kommen nicht zurück.",
      submit: "Sperre aufheben",
      done: "Die Sperre ist aufgehoben.",
    },
    make: {
      title: (name: string) => `${name} zum Administrator machen?`,
      text: "Administratoren sehen hier alle Personen und Organisationen und können alles, was Sie können.",
      submit: "Zum Administrator machen",
      done: "Jetzt Administrator.",
    },
    unmake: {
      title: (name: string) => `${name} die Administration entziehen?`,
      text: "Das Konto und die Organisationen bleiben.",
      submit: "Entziehen",
      done: "Nicht mehr Administrator.",
    },
    impersonate: {
      title: (name: string) => `Als ${name} handeln?`,
      text: "Höchstens eine Stunde lang sehen und tun Sie, was diese Person kann. Der Verlauf nennt auch Sie, und ein Balken auf jeder Seite lässt Sie aufhören.",
      submit: "Als diese Person handeln",
      done: "Sie handeln jetzt als jemand anderes. Hören Sie auf, sobald Sie fertig sind.",
    },
    remove: {
      title: (name: string) => `Konto von ${name} löschen?`,
      text: "Es verschwindet mit seinen Sitzungen und Mitgliedschaften. Was die Person in Organisationen angelegt hat, bleibt dort. Das lässt sich nicht rückgängig machen.",
      submit: "Konto löschen",
      done: "Das Konto ist gelöscht.",
    },
    endSessions: {
      title: (name: string) => `Alle Sitzungen von ${name} beenden?`,
      text: "Die Person muss sich auf jedem Gerät neu anmelden. API-Schlüssel gelten weiter.",
      submit: "Alle Sitzungen beenden",
      done: "Alle Sitzungen sind beendet.",
    },
    reason: "Grund",
    reasonHint: "Nur Administratoren sehen ihn.",
    length: "Wie lange",
    lengths: { day: "Einen Tag", week: "Eine Woche", month: "30 Tage", year: "Ein Jahr", ever: "Für immer" },
  },
});
