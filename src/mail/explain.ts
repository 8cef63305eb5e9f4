/**
 * Why a mail server can't be used, for the operator: one line that names host and port, and what to do. Never a password.
 *
 * @param err of a try to connect or to send.
 * @param url as in SMTP_URL.
 */
export function explainMailServer(err: unknown, url: string): string {
  const { protocol, hostname, port } = new URL(url);
  const at = `the mail server ${hostname}:${port || (protocol === "smtps:" ? 465 : 587)}`;
  const { message = String(err), code = "" } = err as { message?: string; code?: string };
  const said = message.replaceAll(/\s+/g, " ").slice(0, 200);
  const [, why] = reasons.find(([form]) => form.test(`${code} ${said}`)) ?? [];
  return `${at} ${(why ?? otherwise)(said)}`;
}

const codeIn = (said: string): string => /\bE[A-Z_]{4,}\b/.exec(said)?.[0] ?? said;
const otherwise = (said: string) => `can't be used (${said}): correct SMTP_URL`;

/** By nodemailer's code and what it says, the most telling first. */
const reasons: readonly [RegExp, (said: string) => string][] = [
  [/^EDNS/, (said) => `has no address (${codeIn(said)}): correct the host in SMTP_URL`],
  [
    /WRONG_VERSION_NUMBER|wrong version number/i,
    () => "doesn't speak TLS from the start: use smtp:// in SMTP_URL, which begins it by STARTTLS, or correct the port",
  ],
  [
    /certificate|self.signed|altname/i,
    (said) => `has a certificate that isn't trusted (${said}): correct the host in SMTP_URL, or the certificate`,
  ],
  [/^(ETLS|ESOCKET .*SSL)/, (said) => `fails at TLS (${said}): correct the port in SMTP_URL, or the server`],
  [
    /^(EAUTH|ENOAUTH|EOAUTH2)/,
    (said) => `refuses the user or the password (${said}): correct them in SMTP_URL, escaped as in a URL`,
  ],
  [
    /^ETIMEDOUT Greeting|^EPROTOCOL/,
    () =>
      "doesn't answer as a mail server does: correct host and port in SMTP_URL, or use smtps:// if it wants TLS at once",
  ],
  [
    /^(ETIMEDOUT|ESOCKET|ECONNECTION|ECONN\w+)/,
    (said) => `doesn't answer (${codeIn(said)}): start it, or correct host and port in SMTP_URL`,
  ],
];
