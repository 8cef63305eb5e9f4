import type { Mail, Mailer } from "./mailer.ts";

/** A mailer that nobody waits for. */
export type BackgroundMailer = Mailer & {
  /** Resolves once what is under way has been sent or has failed, or after 5 seconds. */
  drained(): Promise<void>;
};

const most = 1000;
const patienceMs = 5000;

/**
 * Sends mail in the background, so that how long an answer takes doesn't tell whether a mail was sent.
 *
 * @param failed is told of mail that the server refuses.
 * @throws from `send` when 1000 mails are under way already.
 */
export function backgroundMailer(mailer: Mailer, failed: (err: unknown) => void): BackgroundMailer {
  const pending = new Set<Promise<void>>();
  return {
    async send(mail: Mail) {
      if (pending.size >= most) throw new Error("too many mails are waiting for the mail server");
      const sending: Promise<void> = mailer
        .send(mail)
        .catch(failed)
        .finally(() => pending.delete(sending));
      pending.add(sending);
    },
    async drained() {
      const patience = Promise.withResolvers<void>();
      const timer = setTimeout(patience.resolve, patienceMs);
      await Promise.race([Promise.all(pending), patience.promise]);
      clearTimeout(timer);
    },
    close: () => mailer.close(),
  };
}
