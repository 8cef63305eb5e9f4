import { argon2 } from "./formats/argon2.ts";
import { bcrypt } from "./formats/bcrypt.ts";
import { firebaseScrypt } from "./formats/firebase-scrypt.ts";
import type { Format, Hash } from "./formats/format.ts";
import { djangoPbkdf2, pbkdf2 } from "./formats/pbkdf2.ts";
import { betterAuthScrypt, scrypt } from "./formats/scrypt.ts";
import { djangoSha1, saltedSha } from "./formats/sha.ts";

/** What the column holds. */
const longestHash = 1024;

const formats: readonly Format[] = [
  argon2,
  betterAuthScrypt,
  bcrypt,
  scrypt,
  firebaseScrypt,
  djangoPbkdf2,
  pbkdf2,
  saltedSha,
  djangoSha1,
];

/** Reads a stored hash of any form that is known, by its text. Says what is wrong where it can't be checked. */
export function readHash(text: string): Hash | { fault: string } {
  if (text.length > longestHash) return { fault: `has more than ${longestHash} characters` };
  for (const format of formats) {
    const found = format(text);
    if (found) return found;
  }
  return { fault: "is a hash of no form that is known" };
}

/** What is wrong with a hash; null where it can be checked. */
export function hashFault(text: string): string | null {
  const read = readHash(text);
  return "fault" in read ? read.fault : null;
}
