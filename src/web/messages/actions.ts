import type { Page } from "../../http/page.ts";
import { inLanguages } from "../kit/languages.ts";

/** The things that events are about, and what happened to them. A test holds every event of every module to it. */
const words = inLanguages({
  en: {
    things: {
      account: "Way to sign in",
      apiKey: "API key",
      entitlement: "Module",
      invitation: "Invitation",
      member: "Member",
      menuItem: "Menu item",
      organization: "Organization",
      passkey: "Passkey",
      preferences: "Preferences",
      profile: "Profile",
      project: "Project",
      role: "Role",
      savedSearch: "Saved search",
      session: "Session",
      subscription: "Subscription",
      task: "Task",
      user: "Person",
      view: "View",
    },
    verbs: {
      accepted: "accepted",
      canceled: "withdrawn",
      created: "created",
      deleted: "deleted",
      purged: "deleted for ever",
      rejected: "declined",
      resent: "sent again",
      restored: "restored",
      rotated: "replaced",
      updated: "changed",
    },
    exactly: {
      "account.created": "Way to sign in added",
      "account.deleted": "Way to sign in removed",
      "member.created": "Member joined",
      "member.deleted": "Member left or removed",
      "passkey.created": "Passkey added",
      "passkey.deleted": "Passkey removed",
      "session.created": "Signed in",
      "session.deleted": "Session ended",
      "user.adopted": "Came to an account",
    },
  },
  de: {
    things: {
      account: "Anmeldeweg",
      apiKey: "API-Schlüssel",
      entitlement: "Modul",
      invitation: "Einladung",
      member: "Mitglied",
      menuItem: "Menüeintrag",
      organization: "Organisation",
      passkey: "Passkey",
      preferences: "Einstellungen",
      profile: "Profil",
      project: "Projekt",
      role: "Rolle",
      savedSearch: "Gespeicherte Suche",
      session: "Sitzung",
      subscription: "Abonnement",
      task: "Aufgabe",
      user: "Person",
      view: "Ansicht",
    },
    verbs: {
      accepted: "angenommen",
      canceled: "zurückgezogen",
      created: "angelegt",
      deleted: "gelöscht",
      purged: "endgültig gelöscht",
      rejected: "abgelehnt",
      resent: "erneut gesendet",
      restored: "wiederhergestellt",
      rotated: "ersetzt",
      updated: "geändert",
    },
    exactly: {
      "account.created": "Anmeldeweg hinzugefügt",
      "account.deleted": "Anmeldeweg entfernt",
      "member.created": "Mitglied beigetreten",
      "member.deleted": "Mitglied ausgetreten oder entfernt",
      "passkey.created": "Passkey hinzugefügt",
      "passkey.deleted": "Passkey entfernt",
      "session.created": "Angemeldet",
      "session.deleted": "Sitzung beendet",
      "user.adopted": "Zu einem Konto gekommen",
    },
  },
});

const known = (words: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(words, name) ? words[name] : undefined;

/** What an event of the audit trail means to a person: `project.created` is "Project created". */
export function actionName(page: Page, action: string): string {
  const { things, verbs, exactly } = page.say(words);
  const [thing = "", verb = ""] = action.split(".");
  return known(exactly, action) ?? `${known(things, thing) ?? thing} ${known(verbs, verb) ?? verb}`;
}
