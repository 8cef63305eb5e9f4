import { accessSync, constants, mkdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { Hopeless } from "../core/hopeless.ts";
import { explainMailServer } from "./explain.ts";

export type Mail = {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** What it is about: the code, the link, or both. */
  opens: string | null;
};

/**
 * Sends mail. Rejects when the mail server refuses it: with `Hopeless` where it does for ever (RFC 5321, 4.2.1).
 *
 * @param id the same for each try to send one mail.
 */
export type Mailer = {
  send(mail: Mail, id: string): Promise<void>;
  close(): void;
  /** Where mail goes through one. */
  server?: MailServer;
};

/** What is known of the mail server. Mail is queued, so one that can't be used only delays it. */
export type MailServer = {
  /** Tries it now, and every minute while it can't be used. @param changed is told why it can't, and null when it can again. */
  watch(changed: (fault: string | null) => void): void;
  /** Why it couldn't be used when it was last asked, in one line for the operator; null where it could. */
  fault(): string | null;
};

// Inline images become parts of the mail: mail programs don't show them otherwise.
const common = { disableFileAccess: true, disableUrlAccess: true, attachDataUrls: true };

/** How often one that can't be used is tried, whether or not there is mail. Milliseconds. */
const againMs = 60_000;

type Written = (line: string, path: string) => void;

/** A mail server that says nothing for so long is away. Milliseconds; together less than a job may take. */
const patience = { connectionTimeout: 8_000, greetingTimeout: 8_000, socketTimeout: 12_000, dnsTimeout: 8_000 };

const messageOf = (from: string, { to, subject, text, html }: Mail, id: string) => ({
  from,
  to: { name: "", address: to },
  subject,
  text,
  html,
  // A mail that is sent twice, by a process that is killed in between, is one to programs that look at this.
  messageId: `<${id}@${/@([\w.-]+)/.exec(from)?.[1] ?? "localhost"}>`,
  // Nobody's absence is to be told to us (RFC 3834).
  headers: { "Auto-Submitted": "auto-generated" },
});

/**
 * Mail through an SMTP server; as files in a directory where there is none.
 *
 * @param written is told of each mail that becomes a file, in a line with its link or code.
 * @throws when the directory can't be written.
 */
export function openMailer(
  {
    smtpUrl,
    connections,
    from,
    directory,
  }: { smtpUrl: string | undefined; connections: number; from: string; directory: string },
  written: Written,
): Mailer {
  if (smtpUrl !== undefined) return smtpMailer(smtpUrl, connections, from);
  // Now rather than with the first mail, so that a directory that can't be written stops the start.
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  accessSync(directory, constants.W_OK);
  return fileMailer(directory, from, written);
}

/** Mail through an SMTP server, over pooled connections. */
function smtpMailer(url: string, maxConnections: number, from: string): Mailer {
  const transport = createTransport({ url, pool: true, maxConnections, ...common, ...patience });
  let fault: string | null = null;
  let changed: (fault: string | null) => void = () => {};
  let again: Timer | undefined;
  const found = (now: string | null): void => {
    if (now !== fault) changed(now);
    fault = now;
  };
  const attempt = (): void => {
    transport.verify().then(
      () => found(null),
      (err: unknown) => found(explainMailServer(err, url)),
    );
  };
  return {
    async send(mail, id) {
      try {
        await transport.sendMail(messageOf(from, mail, id));
        found(null);
      } catch (err) {
        const { command = "", responseCode = 0 } = err as { command?: string; responseCode?: number };
        // Beyond it the server was reached, and refuses this mail.
        if (/^(API|CONN|EHLO|HELO|STARTTLS|AUTH.*)$/.test(command)) found(explainMailServer(err, url));
        throw command === "RCPT TO" && responseCode >= 500 ? new Hopeless((err as Error).message) : err;
      }
    },
    close() {
      clearInterval(again);
      changed = () => {};
      transport.close();
    },
    server: {
      fault: () => fault,
      watch(told) {
        changed = told;
        again ??= setInterval(() => fault !== null && attempt(), againMs);
        attempt();
      },
    },
  };
}

/**
 * Mail as files in a directory, for a machine without a mail server: one `.eml` each, readable by the owner only.
 *
 * @param written is told of each mail, so that its link can be opened without looking for the file.
 */
function fileMailer(directory: string, from: string, written: Written): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true, ...common });
  return {
    async send(mail, id) {
      const sent = await transport.sendMail(messageOf(from, mail, id));
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const path = join(directory, `${Date.now()}-${id}.eml`);
      await writeFile(path, sent.message as Buffer, { mode: 0o600 });
      written(`mail to ${mail.to}${mail.opens === null ? "" : `: ${mail.opens}`}`, path);
    },
    close: () => transport.close(),
  };
}
