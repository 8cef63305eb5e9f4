import { hash } from "node:crypto";
import { bytesOf, bytesOfHex, type Format, same } from "./format.ts";

const digests: Readonly<Record<string, { name: string; bytes: number }>> = {
  SSHA: { name: "sha1", bytes: 20 },
  SSHA256: { name: "sha256", bytes: 32 },
  SSHA512: { name: "sha512", bytes: 64 },
};

const digestOf = (name: string, ...parts: (string | Buffer)[]): Buffer =>
  hash(name, Buffer.concat(parts.map((part) => Buffer.from(part as string))), "buffer");

/** Salted SHA as LDAP servers write it: `{SSHA}`, `{SSHA256}` or `{SSHA512}`, then digest and salt in base64. */
export const saltedSha: Format = (text) => {
  if (!text.startsWith("{SSHA")) return null;
  const [, scheme = "", encoded] = /^\{(SSHA(?:256|512)?)\}(.+)$/.exec(text) ?? [];
  const [digest, bytes] = [digests[scheme], bytesOf(encoded)];
  if (digest === undefined || !bytes || bytes.length <= digest.bytes || bytes.length > digest.bytes + 64)
    return { fault: "isn't a salted SHA hash of the form {SSHA256}base64, with at most 64 bytes of salt" };
  const [key, salt] = [bytes.subarray(0, digest.bytes), bytes.subarray(digest.bytes)];
  return { matches: (password) => same(digestOf(digest.name, password, salt), key) };
};

/** Salted SHA-1 as Django wrote it long ago: `sha1$salt$hex`, the salt before the password. */
export const djangoSha1: Format = (text) => {
  if (!text.startsWith("sha1$")) return null;
  const [, salt, hex] = /^sha1\$([^$]{1,64})\$([0-9a-f]{40})$/.exec(text) ?? [];
  const key = bytesOfHex(hex);
  if (salt === undefined || !key) return { fault: "isn't a salted SHA-1 hash of the form sha1$salt$hex" };
  return { matches: (password) => same(digestOf("sha1", salt, password), key) };
};
