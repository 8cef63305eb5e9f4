import type { Words } from "../content.ts";

const instant = new Intl.DateTimeFormat("de", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
const when = (at: string): string => `${instant.format(new Date(at))} UTC`;

const ignore = "Wenn Sie das nicht waren, ignorieren Sie diese Mail: Ohne sie geschieht nichts.";
const secure =
  "Wenn Sie das nicht waren, kann sich vielleicht jemand als Sie anmelden: Setzen Sie ein neues Passwort und beenden Sie alle Sitzungen.";

export const de: Words = {
  verifyEmail: ({ url }, brand) => ({
    subject: "Bestätigen Sie Ihre Adresse",
    heading: "Bestätigen Sie Ihre Adresse",
    paragraphs: [`Bestätigen Sie, dass diese Adresse Ihnen gehört, um sie bei ${brand} zu verwenden.`],
    button: { label: "Adresse bestätigen", url },
    note: `Sie erhalten diese Mail, weil diese Adresse bei ${brand} angegeben wurde. ${ignore}`,
  }),
  verifyNewEmail: ({ url }, brand) => ({
    subject: "Bestätigen Sie Ihre neue Adresse",
    heading: "Bestätigen Sie Ihre neue Adresse",
    paragraphs: [`Dies soll die Adresse Ihres Kontos bei ${brand} werden. Sie wird es, sobald Sie sie bestätigen.`],
    button: { label: "Neue Adresse bestätigen", url },
    note: `Sie erhalten diese Mail, weil jemand, der bei ${brand} angemeldet ist, diese Adresse eingegeben hat. ${ignore}`,
  }),
  confirmChange: ({ newEmail, url }, brand) => ({
    subject: "Ihre Adresse ändern?",
    heading: "Ihre Adresse ändern?",
    paragraphs: [
      `Ihr Konto bei ${brand} soll eine andere Adresse bekommen. Wenn Sie das möchten, bestätigen Sie es hier; dann folgt eine Mail an die neue Adresse.`,
    ],
    button: { label: "Meine Adresse ändern", url },
    facts: [["Neue Adresse", newEmail]],
    note: "Sie erhalten diese Mail, weil jemand, der als Sie angemeldet ist, darum gebeten hat. Wenn Sie das nicht waren, öffnen Sie den Link nicht und setzen Sie ein neues Passwort.",
  }),
  emailChanged: ({ masked }, brand) => ({
    subject: "Ihre Adresse wurde geändert",
    heading: "Ihre Adresse wurde geändert",
    paragraphs: [
      `Ihr Konto bei ${brand} hat jetzt eine andere Adresse. Mails gehen dorthin, und Sie melden sich mit ihr an.`,
    ],
    facts: [["Neue Adresse", masked]],
    note: "Sie erhalten diese Mail, weil dies seine Adresse war. Wenn Sie das nicht waren, schreiben Sie sofort an die Betreiber dieses Dienstes.",
  }),
  signIn: ({ code, url, minutes }, brand) => ({
    subject: `Bei ${brand} anmelden`,
    heading: `Bei ${brand} anmelden`,
    paragraphs: [
      `Verwenden Sie den Knopf, oder geben Sie diesen Code dort ein, wo Sie ihn angefordert haben. Beides gilt einmal und ${minutes} Minuten lang.`,
    ],
    code,
    button: { label: "Anmelden", url },
    note: "Sie erhalten diese Mail, weil sich jemand mit dieser Adresse anmelden möchte. Wenn Sie das nicht waren, ignorieren Sie diese Mail und sagen Sie den Code niemandem.",
  }),
  addressTaken: ({ url }, brand) => ({
    subject: "Sie haben bereits ein Konto",
    heading: "Sie haben bereits ein Konto",
    paragraphs: [
      `Jemand wollte sich bei ${brand} mit dieser Adresse registrieren, zu der es schon ein Konto gibt.`,
      "Melden Sie sich stattdessen an; wenn Sie Ihr Passwort nicht mehr wissen, wählen Sie dort ein neues.",
    ],
    button: { label: "Anmelden", url },
    note: "Sie erhalten diese Mail, weil das Konto Ihnen gehört. Wenn Sie das nicht waren, ist nichts zu tun: Niemand hat erfahren, dass es das Konto gibt.",
  }),
  resetPassword: ({ url }, brand) => ({
    subject: "Wählen Sie ein neues Passwort",
    heading: "Wählen Sie ein neues Passwort",
    paragraphs: [
      `Wählen Sie innerhalb einer Stunde ein neues Passwort für Ihr Konto bei ${brand}. Es beendet alle Sitzungen.`,
    ],
    button: { label: "Passwort wählen", url },
    note: "Sie erhalten diese Mail, weil jemand angegeben hat, Ihr Passwort nicht mehr zu wissen. Wenn Sie das nicht waren, ignorieren Sie diese Mail: Ihr Passwort bleibt, wie es ist.",
  }),
  passwordChanged: ({ at }, brand) => ({
    subject: "Ihr Passwort wurde geändert",
    heading: "Ihr Passwort wurde geändert",
    paragraphs: [`Ihr Konto bei ${brand} hat ein neues Passwort.`],
    facts: [["Wann", when(at)]],
    note: "Sie erhalten diese Mail, weil das Konto Ihnen gehört. Wenn Sie das nicht waren, wählen Sie sofort über „Passwort vergessen“ ein neues.",
  }),
  secondFactorChanged: ({ on, at }, brand) => ({
    subject: on ? "Ihr zweiter Faktor ist an" : "Ihr zweiter Faktor ist aus",
    heading: on ? "Ihr zweiter Faktor ist an" : "Ihr zweiter Faktor ist aus",
    paragraphs: [
      on
        ? `Beim Anmelden bei ${brand} wird jetzt auch nach einem Code Ihrer Authenticator-App gefragt.`
        : `Beim Anmelden bei ${brand} wird nicht mehr nach einem Code Ihrer Authenticator-App gefragt.`,
    ],
    facts: [["Wann", when(at)]],
    note: `Sie erhalten diese Mail, weil das Konto Ihnen gehört. ${secure}`,
  }),
  newDevice: ({ browser, system, network, at }, brand) => ({
    subject: "Anmeldung mit einem neuen Gerät",
    heading: "Anmeldung mit einem neuen Gerät",
    paragraphs: [
      `Jemand hat sich an Ihrem Konto bei ${brand} mit einem Gerät oder aus einem Netz angemeldet, das es noch nicht kennt.`,
    ],
    facts: [
      ["Gerät", browser && system ? `${browser} auf ${system}` : (browser ?? system ?? "unbekannt")],
      ["Netz", network ?? "unbekannt"],
      ["Wann", when(at)],
    ],
    note: `Sie erhalten diese Mail, weil das Konto Ihnen gehört; in Ihren Einstellungen schalten Sie sie ab. ${secure}`,
  }),
  accountDeleted: ({ at }, brand) => ({
    subject: "Ihr Konto wurde gelöscht",
    heading: "Ihr Konto wurde gelöscht",
    paragraphs: [`Ihr Konto bei ${brand} gibt es nicht mehr, und alle Sitzungen sind beendet.`],
    facts: [["Wann", when(at)]],
    note: "Sie erhalten diese Mail, weil dies seine Adresse war. Wenn Sie das nicht waren, schreiben Sie sofort an die Betreiber dieses Dienstes.",
  }),
  invitation: ({ organization, inviter, url }, brand) => ({
    subject: `Einladung zu ${organization}`,
    heading: `Einladung zu ${organization}`,
    paragraphs: [
      `${inviter} lädt Sie zu ${organization} bei ${brand} ein. Melden Sie sich mit dieser Adresse an, um zu antworten.`,
    ],
    button: { label: "Einladung ansehen", url },
    note: "Sie erhalten diese Mail, weil jemand diese Adresse eingegeben hat. Wenn Sie diese Person nicht kennen, ignorieren Sie diese Mail.",
  }),
};
