import { timingSafeEqual } from "node:crypto";

/** A hash that was read. `matches` hashes a password likewise and compares, on the calling thread. */
export type Hash = { matches(password: string): boolean };

/**
 * One form of hashes.
 *
 * @returns null where the text is of another form, and what is wrong with it where it is a bad one of this form. A
 * bad one also asks for more work or memory than a sign-in may take.
 */
export type Format = (text: string) => Hash | { fault: string } | null;

/** What one check may take at most: about a second of a core. */
export const mostKibibytes = 128 * 1024;

/** Bytes from base64, padded or not, in the standard alphabet or the URL's; null for anything else. */
export function bytesOf(text: string | undefined): Buffer | null {
  if (text === undefined || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return null;
  return Buffer.from(text, "base64");
}

/** Bytes from hexadecimal digits; null for anything else. */
export const bytesOfHex = (text: string | undefined): Buffer | null =>
  text !== undefined && text.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(text) ? Buffer.from(text, "hex") : null;

/** Whether two keys are the same, in a time that doesn't tell where they differ. */
export const same = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** The parameters `a=1,b=2` of a PHC string; null where one isn't a whole number. */
export function parametersOf(text: string): Record<string, number> | null {
  const pairs = text.split(",").map((pair) => /^([a-z]{1,4})=(\d{1,10})$/.exec(pair));
  if (pairs.includes(null)) return null;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? "", Number(pair?.[2])]));
}
