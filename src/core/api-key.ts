import { createHash } from "node:crypto";
import type { Permission } from "./access/permission.ts";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const bodyLength = 43;
const checksumLength = 6;
const pattern = /^gh_[0-9A-Za-z]{49}$/;

/** How many characters of a key are shown after its creation. */
export const startLength = 8;

/**
 * Makes a key: `gh_`, 43 characters of base 62 (256 bits), and six that check them.
 *
 * @param random fills an array with random bytes.
 */
export function generateApiKey(
  random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes),
): string {
  let body = "";
  while (body.length < bodyLength) {
    for (const byte of random(new Uint8Array(64))) {
      // 248 is the largest multiple of 62 in a byte: above it some characters would be likelier.
      if (byte < 248 && body.length < bodyLength) body += alphabet[byte % 62];
    }
  }
  return `gh_${body}${checksum(body)}`;
}

/**
 * Whether a text can be one of our keys, by its form and its CRC-32: a forged key is refused with no query, and a
 * scanner can tell a leaked one. It proves nothing more.
 */
export const isApiKey = (text: string): boolean =>
  pattern.test(text) && checksum(text.slice(3, 3 + bodyLength)) === text.slice(3 + bodyLength);

/** What is stored of a key: its SHA-256, base64url. A key has 256 random bits, so a fast hash is as good as a slow one. */
export const hashApiKey = (key: string): string => createHash("sha256").update(key).digest("base64url");

function checksum(body: string): string {
  let value = Bun.hash.crc32(body);
  let text = "";
  for (let i = 0; i < checksumLength; i++) {
    text = alphabet[value % 62] + text;
    value = Math.floor(value / 62);
  }
  return text;
}

/** The permissions column, as better-auth's plugin writes it: `{"project":["read"]}`. What reads otherwise grants nothing. */
export function permissionList(column: string | null): Permission[] {
  return Object.entries(parsed(column)).flatMap(([resource, actions]) =>
    (Array.isArray(actions) ? actions : []).map((action): Permission => `${resource}:${action}`),
  );
}

function parsed(column: string | null): object {
  try {
    const value: unknown = JSON.parse(column ?? "null");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** The reverse of `permissionList`. */
export function permissionColumn(permissions: Iterable<Permission>): string {
  const byResource: Record<string, string[]> = {};
  for (const permission of permissions) {
    const [resource = "", action = ""] = permission.split(":");
    (byResource[resource] ??= []).push(action);
  }
  return JSON.stringify(byResource);
}
