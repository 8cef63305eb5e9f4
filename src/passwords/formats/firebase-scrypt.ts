import { createCipheriv } from "node:crypto";
import { bytesOf, type Format, parametersOf, same } from "./format.ts";
import { costFault, derived } from "./scrypt.ts";

/** What Firebase shows for a project under "Password hash parameters", in base64 where it does. */
export type FirebaseProject = { signerKey: string; saltSeparator: string; rounds: number; memCost: number };

/**
 * One user's `passwordHash` and `salt` as a text that holds all that a check takes, the project's parameters too:
 * `$firebase-scrypt$ln=…,r=…$separator$signer key$salt$hash`.
 */
export const firebaseHash = (project: FirebaseProject, hash: string, salt: string): string =>
  [
    "",
    "firebase-scrypt",
    `ln=${project.memCost},r=${project.rounds}`,
    project.saltSeparator,
    project.signerKey,
    salt,
    hash,
  ] //
    .join("$");

/**
 * Firebase's scrypt: the project's signer key, encrypted with a key that scrypt derives from the password
 * (https://github.com/firebase/scrypt).
 */
export const firebaseScrypt: Format = (text) => {
  if (!text.startsWith("$firebase-scrypt$")) return null;
  const [, , given = "", ...parts] = text.split("$");
  const { ln, r } = parametersOf(given) ?? {};
  const [separator, signerKey, salt, hash] = parts.map(bytesOf);
  if (ln === undefined || r === undefined || !separator || !signerKey || !salt || !hash || parts.length !== 4)
    return { fault: "isn't a Firebase hash with the project's parameters: memory cost, rounds, separator, signer key" };
  const cost = { ln, r, p: 1 };
  const fault = costFault(cost);
  if (fault !== null) return { fault };
  return {
    matches(password) {
      const key = derived(password, Buffer.concat([salt, separator]), 32, cost);
      const cipher = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
      return same(Buffer.concat([cipher.update(signerKey), cipher.final()]), hash);
    },
  };
};
