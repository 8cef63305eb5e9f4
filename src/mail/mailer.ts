import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";

export type Mail = { to: string; subject: string; text: string };

/** Sends mail. Rejects when the mail server refuses it. */
export type Mailer = { send(mail: Mail): Promise<void>; close(): void };

/** Mail through an SMTP server, over pooled connections. */
export function smtpMailer(url: string, from: string): Mailer {
  const transport = createTransport({ url, pool: true, disableFileAccess: true, disableUrlAccess: true });
  return {
    async send(mail) {
      await transport.sendMail({ from, to: { name: "", address: mail.to }, subject: mail.subject, text: mail.text });
    },
    close: () => transport.close(),
  };
}

/** Mail as files in a directory, for a machine without a mail server: one `.eml` each, readable by the owner only. */
export function fileMailer(directory: string, from: string): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true });
  return {
    async send(mail) {
      const sent = await transport.sendMail({
        from,
        to: { name: "", address: mail.to },
        subject: mail.subject,
        text: mail.text,
      });
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeFile(join(directory, `${Date.now()}-${randomUUID()}.eml`), sent.message as Buffer, { mode: 0o600 });
    },
    close: () => transport.close(),
  };
}

/** What the mails say. Names come from strangers: they are cut and stripped of line breaks, and mail is plain text. */
export const describeMail = {
  verifyEmail: (to: string, url: string): Mail => ({
    to,
    subject: "Confirm your address",
    text: `Open this link to confirm that this address is yours:\n\n${url}\n\nIf you didn't sign up, ignore this mail.\n`,
  }),
  resetPassword: (to: string, url: string): Mail => ({
    to,
    subject: "Choose a new password",
    text: `Open this link to choose a new password:\n\n${url}\n\nIf you didn't ask for it, ignore this mail.\n`,
  }),
  signIn: (to: string, { code, link, minutes }: { code: string; link: string; minutes: number }): Mail => ({
    to,
    subject: "Sign in",
    text: `Open this link to sign in, within ${minutes} minutes:\n\n${link}\n\nOr enter this code where you asked for it:\n\n${code}\n\nIf you didn't ask for it, ignore this mail, and tell the code to nobody.\n`,
  }),
  addressTaken: (to: string, signIn: string, forgot: string): Mail => ({
    to,
    subject: "You have an account already",
    text: `Somebody wanted to sign up with your address, which has an account. If it was you, sign in:\n\n${signIn}\n\nOr choose a new password:\n\n${forgot}\n\nIf it wasn't, ignore this mail: nothing was changed.\n`,
  }),
  verifyNewEmail: (to: string, url: string): Mail => ({
    to,
    subject: "Confirm your new address",
    text: `Open this link to use this address from now on:\n\n${url}\n\nIf you didn't ask for it, ignore this mail.\n`,
  }),
  confirmChange: (to: string, newEmail: string, url: string): Mail => ({
    to,
    subject: "Change your address?",
    text: `Your address is to become ${oneLine(newEmail)}. If you want that, open this link; a mail to the new address follows:\n\n${url}\n\nIf you don't, change your password: somebody may be using your account.\n`,
  }),
  invitation: (to: string, organization: string, inviter: string, url: string): Mail => ({
    to,
    subject: `Invitation to ${oneLine(organization)}`,
    text: `${oneLine(inviter)} invites you to ${oneLine(organization)}. Open this link to answer:\n\n${url}\n`,
  }),
};

const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{C}\p{Z}]+/gu, " ")
    .trim()
    .slice(0, 100);
