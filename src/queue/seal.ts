import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } from "node:crypto";

/** Encrypts and decrypts text. What is sealed in one place can't be opened in another. */
export type Sealer = {
  seal(text: string, place: string): string;
  /** @throws for what wasn't sealed by this secret in this place. */
  open(sealed: string, place: string): string;
};

const [nonceBytes, tagBytes] = [12, 16];

/** Seals with AES-256-GCM by a key that is derived from `secret` (HKDF-SHA256, RFC 5869). */
export function openSealer(secret: string): Sealer {
  const key = createSecretKey(Buffer.from(hkdfSync("sha256", secret, "", "gatehouse job payload", 32)));
  return {
    seal(text, place) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(place));
      const body = [cipher.update(text, "utf8"), cipher.final()];
      return Buffer.concat([nonce, ...body, cipher.getAuthTag()]).toString("base64url");
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed, "base64url");
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes))
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(-tagBytes));
      return decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, "utf8") + decipher.final("utf8");
    },
  };
}
