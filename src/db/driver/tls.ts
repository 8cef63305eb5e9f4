/**
 * The driver takes any TLS that it doesn't turn off for `verify-full`, and warns that another version won't. Saying so
 * ourselves keeps the meaning, and the warning off standard error.
 */
export const verifying = (url: string): string =>
  url.includes("uselibpqcompat=")
    ? url
    : url.replace(/([?&]sslmode=)(prefer|require|verify-ca)(?=&|$)/, "$1verify-full");
