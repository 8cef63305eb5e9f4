import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import type { AuthContext } from "@better-auth/core";
import { tryGetCurrentAuthEndpointContext } from "@better-auth/core/context";

/** What a mailed link does. */
export type LinkKind = "sign-in" | "verification";

type Rows = Pick<
  AuthContext["internalAdapter"],
  "createVerificationValue" | "findVerificationValue" | "consumeVerificationValue"
>;

/**
 * The tokens of mailed links. A token is 256 random bits. The database keeps its SHA-256, and what the link stands for
 * encrypted with a key that only the token gives: who reads the database can neither follow a link nor look into one.
 */
export const mailedLinks = (rows: Rows) => ({
  /** Makes a link. @param holds what it stands for, as JSON. @returns its token. */
  async make(kind: LinkKind, holds: unknown, minutes: number): Promise<string> {
    const token = randomBytes(32).toString("base64url");
    const expiresAt = new Date(Date.now() + minutes * 60_000);
    await rows.createVerificationValue({
      identifier: identifierOf(kind, token),
      value: sealed(token, holds),
      expiresAt,
    });
    return token;
  },
  /** What a link stands for, which it goes on doing. Null for one that is spent, expired, or never was. */
  async read(kind: LinkKind, token: string): Promise<unknown> {
    if (!tokenForm.test(token)) return null;
    const found = await rows.findVerificationValue(identifierOf(kind, token));
    return found && found.expiresAt.getTime() > Date.now() ? opened(token, found.value) : null;
  },
  /** The same, for the first who asks; null for everybody after, unless the caller's transaction is rolled back. */
  async take(kind: LinkKind, token: string): Promise<unknown> {
    if (!tokenForm.test(token)) return null;
    const found = await rows.consumeVerificationValue(identifierOf(kind, token));
    return found && opened(token, found.value);
  },
});

const tokenForm = /^[\w-]{43}$/;

const identifierOf = (kind: LinkKind, token: string): string =>
  `link:${kind}:${createHash("sha256").update(token).digest("base64url")}`;

// A key seals one value, so that its nonce may be fixed.
const [cipher, nonce] = ["aes-256-gcm", Buffer.alloc(12)] as const;
const keyOf = (token: string) => new Uint8Array(hkdfSync("sha256", token, "", "mailed-link", 32));

function sealed(token: string, holds: unknown): string {
  const seal = createCipheriv(cipher, keyOf(token), nonce);
  return Buffer.concat([seal.update(JSON.stringify(holds)), seal.final(), seal.getAuthTag()]).toString("base64url");
}

function opened(token: string, value: string): unknown {
  const bytes = Buffer.from(value, "base64url");
  const seal = createDecipheriv(cipher, keyOf(token), nonce).setAuthTag(bytes.subarray(-16));
  return JSON.parse(Buffer.concat([seal.update(bytes.subarray(0, -16)), seal.final()]).toString());
}

const resetHash = (identifier: string): string =>
  `reset-password-hash:${createHash("sha256").update(identifier).digest("base64url")}`;

/** Ends a person's links to a new password but for the newest, which has this token: only the last mail's works. */
export async function endOtherResets(userId: string, token: string): Promise<void> {
  const adapter = tryGetCurrentAuthEndpointContext()?.context.adapter;
  if (adapter === undefined) throw new Error("a reset is mailed outside of a request");
  const where = [
    { field: "value", value: userId },
    { field: "identifier", operator: "starts_with" as const, value: "reset-password" },
    { field: "identifier", operator: "ne" as const, value: resetHash(`reset-password:${token}`) },
  ];
  await adapter.deleteMany({ model: "verification", where });
}

/**
 * What better-auth stores of its own mailed tokens: hashes. A stored form never begins like what is asked for, since
 * better-auth also looks for that as it is: who reads the database could else follow what they read.
 */
export const storedIdentifiers = {
  default: "plain" as const,
  overrides: {
    "reset-password:": {
      hash: async (identifier: string) => resetHash(identifier),
    },
  },
};
