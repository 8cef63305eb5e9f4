import { hashSync, verifySync } from "@node-rs/argon2";
import { bytesOf, type Format, mostKibibytes, parametersOf } from "./format.ts";

// https://www.rfc-editor.org/rfc/rfc9106 in the PHC string form.
const phc = /^\$argon2(?:id|i|d)(?:\$v=(\d+))?\$([^$]+)\$([^$]+)\$([^$]+)$/;
const most = { passes: 20, lanes: 16, kibibytesRead: 1024 * 1024 };

/** OWASP's parameters: 19 MiB, two passes, one lane. The package hashes by argon2id where nothing else is said. */
const owasp = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 };
const today = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22,43}\$[A-Za-z0-9+/]{43}$/;

/** Hashes with OWASP's parameters and 16 random bytes of salt, on the calling thread. @returns a PHC string. */
export const argon2id = (password: string): string => hashSync(password, owasp);

/** Whether a hash is as good as those that `argon2id` makes. */
export const isOfToday = (hash: string): boolean => today.test(hash);

/** argon2id, argon2i and argon2d, of version 19, or of 16 as they were before they said which. */
export const argon2: Format = (text) => {
  if (!text.startsWith("$argon2")) return null;
  const [, version = "16", given = "", salt, key] = phc.exec(text) ?? [];
  const { m, t, p } = parametersOf(given) ?? {};
  if (m === undefined || t === undefined || p === undefined)
    return { fault: "isn't an argon2 hash of the form $argon2id$v=19$m=…,t=…,p=…$salt$hash" };
  if (version !== "19" && version !== "16") return { fault: "is of a version of argon2 that isn't known" };
  if (m > mostKibibytes || t > most.passes || p > most.lanes || m * t > most.kibibytesRead)
    return { fault: `asks for too much: at most ${mostKibibytes} KiB, ${most.passes} passes, ${most.lanes} lanes` };
  if (t < 1 || p < 1 || m < 8 * p || (bytesOf(salt)?.length ?? 0) < 8 || (bytesOf(key)?.length ?? 0) < 16)
    return { fault: "has an argon2 salt, key or parameter that is too small" };
  return { matches: (password) => verifySync(text, password) };
};
