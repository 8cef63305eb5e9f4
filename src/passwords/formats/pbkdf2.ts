import { pbkdf2Sync } from "node:crypto";
import { bytesOf, type Format, type Hash, parametersOf, same } from "./format.ts";

const mostRounds = 2_000_000;

function pbkdf2Of(digest: string, rounds: number, salt: Buffer | null, key: Buffer | null): Hash | { fault: string } {
  if (!salt || !key || key.length < 16 || !(rounds >= 1)) return { fault: "isn't a whole PBKDF2 hash" };
  if (rounds > mostRounds) return { fault: `asks for too much: at most ${mostRounds} rounds of PBKDF2` };
  return { matches: (password) => same(pbkdf2Sync(password, salt, rounds, key.length, digest), key) };
}

/** PBKDF2 as Django writes it: `pbkdf2_sha256$600000$salt$key`, the salt being read as text. */
export const djangoPbkdf2: Format = (text) => {
  if (!text.startsWith("pbkdf2_")) return null;
  const [, digest, rounds, salt, key] = /^pbkdf2_(sha1|sha256|sha512)\$(\d{1,10})\$([^$]+)\$([^$]+)$/.exec(text) ?? [];
  if (digest === undefined) return { fault: "isn't a PBKDF2 hash of the form pbkdf2_sha256$rounds$salt$key" };
  return pbkdf2Of(digest, Number(rounds), Buffer.from(salt ?? ""), bytesOf(key));
};

/** PBKDF2 as a PHC string, `$pbkdf2-sha256$i=600000$salt$key`; passlib leaves `i=` out and writes `.` for `+`. */
export const pbkdf2: Format = (text) => {
  if (!text.startsWith("$pbkdf2")) return null;
  const [, digest = "sha1", given = "", salt, key] =
    /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$([^$]+)\$([^$]+)\$([^$]+)$/.exec(text) ?? [];
  const rounds = /^\d{1,10}$/.test(given) ? Number(given) : (parametersOf(given)?.["i"] ?? Number.NaN);
  const bytes = (part: string | undefined) => bytesOf(part?.replaceAll(".", "+"));
  return pbkdf2Of(digest, rounds, bytes(salt), bytes(key));
};
