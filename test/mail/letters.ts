import { describeMail, type Kind, type Unsent } from "../../src/mail/letter.ts";

const at = new Date("2026-11-21T23:14:00Z");
const link = "https://auth.example.com/auth/reset#abcdefghijklmnopqrstuvwxyz0123456789";
const device = { browser: "Firefox", system: "Windows", network: "192.0.2.0/24" };

/** One of each kind. */
export const examples: Record<Kind, (to: string) => Unsent> = {
  verifyEmail: (to) => describeMail.verifyEmail(to, link),
  verifyNewEmail: (to) => describeMail.verifyNewEmail(to, link),
  confirmChange: (to) => describeMail.confirmChange(to, "ada.lovelace@example.com", link),
  emailChanged: (to) => describeMail.emailChanged(to, "ada.lovelace@example.com"),
  signIn: (to) => describeMail.signIn(to, { code: "123456", link, minutes: 10 }),
  addressTaken: (to) => describeMail.addressTaken(to, link),
  resetPassword: (to) => describeMail.resetPassword(to, link),
  passwordChanged: (to) => describeMail.passwordChanged(to, at),
  secondFactorChanged: (to) => describeMail.secondFactorChanged(to, false, at),
  newDevice: (to) => describeMail.newDevice(to, device, at),
  accountDeleted: (to) => describeMail.accountDeleted(to, at),
  invitation: (to) => describeMail.invitation(to, "Acme & Söhne", "Grace Hopper", link),
};
