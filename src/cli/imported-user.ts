import { z } from "zod";
import { unstorableAt } from "../core/text.ts";
import type { ImportedUser } from "../directory/import-users.ts";
import { pictureUrl } from "../http/schemas.ts";
import { type FirebaseProject, firebaseHash } from "../passwords/formats/firebase-scrypt.ts";
import { hashFault } from "../passwords/formats.ts";

const words: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };

/** RFC 3339, or milliseconds since 1970 as Firebase has them. */
const time = z.union([z.string(), z.number()]).transform((value, context) => {
  const text = String(value);
  const date = new Date(
    /^\d{9,15}$/.test(text) ? Number(text) : /^\d{4}-\d\d-\d\dT\S+$/.test(text) ? text : Number.NaN,
  );
  if (date.getTime() >= 0 && date.getTime() <= Date.now()) return date;
  context.addIssue({ code: "custom", message: "must be a time in the past, in RFC 3339 or milliseconds since 1970" });
  return z.NEVER;
});

const Fields = z.strictObject({
  email: z.string().trim().toLowerCase().max(254).pipe(z.email()),
  name: z.string().trim().max(255).default(""),
  emailVerified: z
    .union([z.boolean(), z.string()])
    .default(false)
    .transform((value, context) => {
      const known = typeof value === "boolean" ? value : words[value.toLowerCase()];
      if (known === undefined) context.addIssue({ code: "custom", message: "must be true or false" });
      return known ?? false;
    }),
  image: pictureUrl().nullish(),
  createdAt: time.nullish(),
  passwordHash: z.string().nullish(),
  passwordSalt: z.string().max(255).nullish(),
});

/** The columns of an import. */
export const importedFields: readonly string[] = Object.keys(Fields.shape);

/** Why a record isn't imported. It never quotes the record. */
export type Refused = { field: string | null; reason: string };

/**
 * Reads a record of an import.
 *
 * @param firebase the project that hashes with a salt of their own are from.
 */
export function readUser(fields: Record<string, unknown>, firebase: FirebaseProject | null): ImportedUser | Refused {
  const { error, data } = Fields.safeParse(fields);
  if (error) {
    const [issue] = error.issues;
    return { field: issue?.path.join(".") || null, reason: issue?.message.slice(0, 200) ?? "can't be read" };
  }
  const unstorable = unstorableAt(data);
  if (unstorable !== null) return { field: unstorable, reason: "has a character that can't be stored" };
  const { passwordHash, passwordSalt, image, createdAt, ...person } = data;
  const hash = passwordSalt && passwordHash ? saltedHash(firebase, passwordHash, passwordSalt) : passwordHash || null;
  if (hash === undefined)
    return { field: "passwordSalt", reason: "is for hashes of Firebase, which need the project's --firebase file" };
  const fault = hash === null ? null : hashFault(hash);
  if (fault !== null) return { field: "passwordHash", reason: fault };
  return { ...person, image: image ?? null, createdAt: createdAt ?? null, passwordHash: hash };
}

const saltedHash = (firebase: FirebaseProject | null, hash: string, salt: string): string | undefined =>
  firebase ? firebaseHash(firebase, hash, salt) : undefined;

/** Reads the `hash_config` that Firebase shows for a project; null where something is missing. */
export function readFirebaseProject(text: string): FirebaseProject | null {
  const value = (name: string) => new RegExp(`\\b${name}"?\\s*[:=]\\s*"?([A-Za-z0-9+/=_-]+)`).exec(text)?.[1];
  const signerKey = value("base64_signer_key");
  const saltSeparator = value("base64_salt_separator");
  const [rounds, memCost] = [Number(value("rounds")), Number(value("mem_cost"))];
  if (!signerKey || !saltSeparator || !Number.isSafeInteger(rounds) || !Number.isSafeInteger(memCost)) return null;
  return { signerKey, saltSeparator, rounds, memCost };
}
