import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { callbackify } from "node:util";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";

/** A mail server that keeps what it is given. */
export interface MailSink extends AsyncDisposable {
  /** For SMTP_URL. */
  readonly url: string;
  /** Every mail so far, oldest first. */
  readonly mails: readonly Email[];
  /** Resolves with the first mail to this address whose subject holds `subject`, which may be still to come. */
  mail(to: string, subject: string): Promise<Email>;
}

/** @param options.port where it listens; a free one by default. */
export async function openMailSink({ port = 0 } = {}): Promise<MailSink> {
  const mails: Email[] = [];
  const waiting = new Set<() => void>();
  const receive = async (stream: Readable, _session: object) => {
    mails.push(await PostalMime.parse(await buffer(stream)));
    for (const look of waiting) look();
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    onData: callbackify(receive),
  });
  await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    mails,
    mail(to, subject) {
      const { promise, resolve } = Promise.withResolvers<Email>();
      const look = () => {
        const found = mails.find((mail) => mail.to?.[0]?.address === to && mail.subject?.includes(subject));
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      return promise;
    },
    [Symbol.asyncDispose]: () => new Promise<void>((closed) => server.close(closed)),
  };
}

/** The only link in a mail's text. */
export function linkIn(mail: Email): string {
  const links = mail.text?.match(/https?:\/\/\S+/g) ?? [];
  if (links.length !== 1 || !links[0]) throw new Error(`the mail holds ${links.length} links: ${mail.text}`);
  return links[0];
}
