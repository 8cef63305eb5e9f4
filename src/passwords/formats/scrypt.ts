import { scryptSync } from "node:crypto";
import { bytesOf, bytesOfHex, type Format, mostKibibytes, parametersOf, same } from "./format.ts";

/** scrypt's parameters: N is 2 to the power of `ln`. */
export type Cost = { ln: number; r: number; p: number };

/** What is wrong with the cost; null where a sign-in may take it. */
export function costFault({ ln, r, p }: Cost): string | null {
  if (ln < 1 || r < 1 || p < 1) return "has a scrypt parameter that is too small";
  // Memory is 128·N·r bytes, and the work p times that.
  const kibibytes = (2 ** ln * r) / 8;
  return kibibytes > mostKibibytes || kibibytes * p > 2 * mostKibibytes
    ? `asks for too much: at most ${mostKibibytes} KiB of scrypt's memory, and twice that over its lanes`
    : null;
}

/** Derives a key on the calling thread. */
export const derived = (password: string, salt: Buffer | string, length: number, { ln, r, p }: Cost): Buffer =>
  scryptSync(password, salt, length, { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r + 1024 * 1024 });

/** scrypt as a PHC string: `$scrypt$ln=16,r=8,p=1$salt$key`. */
export const scrypt: Format = (text) => {
  if (!text.startsWith("$scrypt$")) return null;
  const [, , given = "", saltText, keyText, ...rest] = text.split("$");
  const { ln, r, p } = parametersOf(given) ?? {};
  const [salt, key] = [bytesOf(saltText), bytesOf(keyText)];
  if (ln === undefined || r === undefined || p === undefined || !salt || !key || key.length < 16 || rest.length > 0)
    return { fault: "isn't a scrypt hash of the form $scrypt$ln=16,r=8,p=1$salt$key" };
  const fault = costFault({ ln, r, p });
  if (fault !== null) return { fault };
  return { matches: (password) => same(derived(password, salt, key.length, { ln, r, p }), key) };
};

const betterAuthCost: Cost = { ln: 14, r: 16, p: 1 };

/** better-auth's own form, which this service wrote before: `salt:key`, the salt being read as text. */
export const betterAuthScrypt: Format = (text) => {
  const [, salt, keyText] = /^([0-9a-f]{32}):([0-9a-f]{128})$/.exec(text) ?? [];
  const key = bytesOfHex(keyText);
  if (salt === undefined || !key) return null;
  return { matches: (password) => same(derived(password, salt, key.length, betterAuthCost), key) };
};
