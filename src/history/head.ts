import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign, verify } from "node:crypto";
import { z } from "zod";
import type { Database } from "../db/types.ts";

const Head = z.object({
  /** Which service's history it is: its base URL. */
  iss: z.string(),
  /** The last batch. */
  batch: z.int().positive(),
  /** The digest of that batch, which all before it follow into. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /** How many events were sealed up to it. */
  events: z.int(),
  /** When it was sealed. */
  sealedAt: z.iso.datetime(),
});

/** Where the history stood. Who keeps one can show later that nothing before it was removed or sealed again. */
export type Head = z.infer<typeof Head>;

/** Signs heads, and knows those that it signed. */
export type HeadKey = {
  /** For who verifies heads elsewhere: an RFC 8037 key. */
  readonly jwk: Readonly<Record<string, string>>;
  /** A head as a compact JWS. */
  sign(head: Head): string;
  /** @returns null for what this key didn't sign. */
  open(jws: string): Head | null;
};

// What comes before the 32 bytes of an Ed25519 key in PKCS8.
const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** The key that follows from `secret` (HKDF-SHA256), so that whoever can only write to the database can't sign. */
export function headKey(secret: string): HeadKey {
  const seed = Buffer.from(hkdfSync("sha256", secret, "", "gatehouse history head", 32));
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" });
  const { jwk, kid } = publicJwk(createPublicKey(key));
  return {
    jwk,
    sign(head) {
      const body = `${encoded({ alg: "EdDSA", kid, typ: "gatehouse-head+jws" })}.${encoded(head)}`;
      return `${body}.${sign(null, Buffer.from(body), key).toString("base64url")}`;
    },
    open(jws) {
      const [header = "", payload = "", signature = "", ...more] = jws.trim().split(".");
      const good = verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, "base64url"));
      return good && more.length === 0 ? Head.parse(JSON.parse(Buffer.from(payload, "base64url").toString())) : null;
    },
  };
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function publicJwk(key: KeyObject) {
  const { crv = "", kty = "", x = "" } = key.export({ format: "jwk" });
  // RFC 7638.
  const kid = createHash("sha256").update(JSON.stringify({ crv, kty, x })).digest("base64url");
  return { jwk: { kty, crv, x, kid, alg: "EdDSA", use: "sig" }, kid };
}

/** Where the history stands now; null where nothing has been sealed. @param iss the service's base URL. */
export async function currentHead(database: Pick<Database, "statement">, iss: string): Promise<Head | null> {
  const [row] = await database.statement<{ batch: number; digest: string; events: number; sealedAt: Date }>(
    "audit_head",
    `select number as batch, encode(digest, 'hex') as digest, sealed_at as "sealedAt",
      (select sum(events)::bigint from audit_batch) as events from audit_batch order by number desc limit 1`,
    [],
  );
  return row
    ? { iss, batch: row.batch, digest: row.digest, events: row.events, sealedAt: row.sealedAt.toISOString() }
    : null;
}

/** What keeps the history from being the one that a head was taken of; null where it is. */
export async function differsFrom(database: Pick<Database, "statement">, head: Head): Promise<string | null> {
  const [row] = await database.statement<{ last: number | null; digest: string | null }>(
    "audit_head_at",
    "select max(number) as last, max(encode(digest, 'hex')) filter (where number = $1) as digest from audit_batch",
    [head.batch],
  );
  if ((row?.last ?? 0) < head.batch)
    return `the history ends at batch ${row?.last ?? 0}, and the head was taken at ${head.batch}: its end was removed`;
  return row?.digest === head.digest
    ? null
    : `batch ${head.batch} isn't the one that the head was taken of: the history was sealed a second time`;
}
