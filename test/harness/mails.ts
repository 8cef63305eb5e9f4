import type { Mail } from "../../src/mail/mailer.ts";

type Mailed = { mails: readonly Mail[] };

/** The first link of the last mail to somebody. @throws where there is none. */
export function mailedLink({ mails }: Mailed, to: string): URL {
  const text = mails.findLast((mail) => mail.to === to)?.text ?? "";
  const [link] = /https?:\S+/.exec(text) ?? [];
  if (link === undefined) throw new Error(`no link was mailed to ${to}: ${text}`);
  return new URL(link);
}

/** The secret in that link's fragment. */
export const mailedSecret = (mailed: Mailed, to: string): string => mailedLink(mailed, to).hash.slice(1);
