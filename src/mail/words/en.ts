import type { Words } from "../content.ts";

const instant = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
const when = (at: string): string => `${instant.format(new Date(at))} UTC`;

const ignore = "If that wasn't you, ignore this mail: nothing happens without it.";
const secure = "If that wasn't you, somebody may know how to sign in as you: set a new password and end all sessions.";

export const en: Words = {
  verifyEmail: ({ url }, brand) => ({
    subject: "Confirm your address",
    heading: "Confirm your address",
    paragraphs: [`Confirm that this address is yours, to use it with ${brand}.`],
    button: { label: "Confirm address", url },
    note: `You get this because this address was given to ${brand}. ${ignore}`,
  }),
  verifyNewEmail: ({ url }, brand) => ({
    subject: "Confirm your new address",
    heading: "Confirm your new address",
    paragraphs: [`This is to be the address of your account at ${brand}. It is once you have confirmed it.`],
    button: { label: "Confirm new address", url },
    note: `You get this because somebody who is signed in at ${brand} entered this address. ${ignore}`,
  }),
  confirmChange: ({ newEmail, url }, brand) => ({
    subject: "Change your address?",
    heading: "Change your address?",
    paragraphs: [
      `The address of your account at ${brand} is to be another one. If you want that, confirm it here; a mail to the new address follows.`,
    ],
    button: { label: "Change my address", url },
    facts: [["New address", newEmail]],
    note: "You get this because somebody who is signed in as you asked for it. If that wasn't you, don't open the link, and set a new password.",
  }),
  emailChanged: ({ masked }, brand) => ({
    subject: "Your address was changed",
    heading: "Your address was changed",
    paragraphs: [`Your account at ${brand} has another address now. Mail goes there, and you sign in with it.`],
    facts: [["New address", masked]],
    note: "You get this because this was its address. If that wasn't you, write to who runs this service, at once.",
  }),
  signIn: ({ code, url, minutes }, brand) => ({
    subject: `Sign in to ${brand}`,
    heading: `Sign in to ${brand}`,
    paragraphs: [`Use the button, or enter this code where you asked for it. Both work once, for ${minutes} minutes.`],
    code,
    button: { label: "Sign in", url },
    note: "You get this because somebody wants to sign in with this address. If that wasn't you, ignore this mail, and tell the code to nobody.",
  }),
  addressTaken: ({ url }, brand) => ({
    subject: "You have an account already",
    heading: "You have an account already",
    paragraphs: [
      `Somebody tried to sign up at ${brand} with this address, which has an account.`,
      "Sign in instead; if you don't know your password any more, choose a new one there.",
    ],
    button: { label: "Sign in", url },
    note: "You get this because the account is yours. If that wasn't you, there is nothing to do: nobody learned that it exists.",
  }),
  resetPassword: ({ url }, brand) => ({
    subject: "Choose a new password",
    heading: "Choose a new password",
    paragraphs: [`Choose a new password for your account at ${brand}, within an hour. It ends all sessions.`],
    button: { label: "Choose a password", url },
    note: "You get this because somebody said that they don't know your password any more. If that wasn't you, ignore this mail: your password stays as it is.",
  }),
  passwordChanged: ({ at }, brand) => ({
    subject: "Your password was changed",
    heading: "Your password was changed",
    paragraphs: [`The password of your account at ${brand} is a new one.`],
    facts: [["When", when(at)]],
    note: `You get this because the account is yours. If that wasn't you, choose a new password by “Forgot password” at once.`,
  }),
  secondFactorChanged: ({ on, at }, brand) => ({
    subject: on ? "Your second factor is on" : "Your second factor is off",
    heading: on ? "Your second factor is on" : "Your second factor is off",
    paragraphs: [
      on
        ? `Signing in to ${brand} now asks for a code of your authenticator app as well.`
        : `Signing in to ${brand} no longer asks for a code of your authenticator app.`,
    ],
    facts: [["When", when(at)]],
    note: `You get this because the account is yours. ${secure}`,
  }),
  newDevice: ({ browser, system, network, at }, brand) => ({
    subject: "A sign-in from a new device",
    heading: "A sign-in from a new device",
    paragraphs: [`Somebody signed in to your account at ${brand} from a device or a network that it hasn't seen.`],
    facts: [
      ["Device", browser && system ? `${browser} on ${system}` : (browser ?? system ?? "unknown")],
      ["Network", network ?? "unknown"],
      ["When", when(at)],
    ],
    note: `You get this because the account is yours; your preferences turn it off. ${secure}`,
  }),
  accountDeleted: ({ at }, brand) => ({
    subject: "Your account was deleted",
    heading: "Your account was deleted",
    paragraphs: [`Your account at ${brand} is gone, and all sessions have ended.`],
    facts: [["When", when(at)]],
    note: "You get this because this was its address. If that wasn't you, write to who runs this service, at once.",
  }),
  invitation: ({ organization, inviter, url }, brand) => ({
    subject: `Invitation to ${organization}`,
    heading: `Invitation to ${organization}`,
    paragraphs: [`${inviter} invites you to ${organization} at ${brand}. Sign in with this address to answer.`],
    button: { label: "Look at the invitation", url },
    note: "You get this because somebody entered this address. If you don't know them, ignore this mail.",
  }),
};
