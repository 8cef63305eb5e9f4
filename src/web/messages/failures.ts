import { inLanguages } from "../kit/languages.ts";

/** The pages that stand for what went wrong: what happened, and what to do. */
export const failures = inLanguages({
  en: {
    notFound: { title: "Not found", text: "There is nothing here, or it isn't yours to see." },
    forbidden: {
      title: "Not allowed",
      text: "Your role doesn't allow this. Ask somebody who administers the organization.",
    },
    twoFactor: {
      title: "A second factor is needed",
      text: "This organization asks its members for a second factor. Set one up, and sign in with it.",
    },
    setUp: "Set up a second factor",
    tooMany: { title: "Too many requests", text: "Wait a minute, then try again." },
    away: { title: "One moment", text: "The service can't be reached. Nothing was changed. Try again in a moment." },
    broken: { title: "Something went wrong", text: "The fault is ours. Quote this number when you report it:" },
    untrusted: {
      title: "Sent from elsewhere",
      text: "This form was sent from another site. Open the page here, and send it again.",
    },
    refused: { title: "This can't be done", text: "The request can't be understood. Go back, and try again." },
    home: "To the start",
  },
  de: {
    notFound: { title: "Nicht gefunden", text: "Hier ist nichts, oder Sie dürfen es nicht sehen." },
    forbidden: {
      title: "Nicht erlaubt",
      text: "Ihre Rolle erlaubt das nicht. Fragen Sie jemanden, der die Organisation verwaltet.",
    },
    twoFactor: {
      title: "Ein zweiter Faktor ist nötig",
      text: "Diese Organisation verlangt einen zweiten Faktor. Richten Sie einen ein und melden Sie sich damit an.",
    },
    setUp: "Zweiten Faktor einrichten",
    tooMany: { title: "Zu viele Anfragen", text: "Warten Sie eine Minute und versuchen Sie es dann erneut." },
    away: {
      title: "Einen Moment",
      text: "Der Dienst ist nicht erreichbar. Es wurde nichts geändert. Versuchen Sie es gleich noch einmal.",
    },
    broken: {
      title: "Etwas ist schiefgegangen",
      text: "Der Fehler liegt bei uns. Nennen Sie diese Nummer, wenn Sie ihn melden:",
    },
    untrusted: {
      title: "Von woanders gesendet",
      text: "Dieses Formular kam von einer anderen Website. Öffnen Sie die Seite hier und senden Sie es noch einmal.",
    },
    refused: {
      title: "Das ist nicht möglich",
      text: "Die Anfrage ist nicht verständlich. Gehen Sie zurück und versuchen Sie es erneut.",
    },
    home: "Zum Anfang",
  },
});
