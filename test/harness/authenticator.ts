import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";

/** What a device signs with: a passkey for one domain, as WebAuthn Level 2 has it, with ES256. */
export type Authenticator = {
  readonly credentialId: string;
  /** What `navigator.credentials.create` gives. */
  create(options: { challenge: string }, given?: Given): object;
  /** What `navigator.credentials.get` gives. */
  get(options: { challenge: string }, given?: Given): object;
};

type Given = {
  /** Whether the person unlocked the device for it. */
  verified?: boolean;
  origin?: string;
  domain?: string;
};

const here: Required<Given> = { verified: true, origin: "http://localhost:3000", domain: "localhost" };
const [present, verifiedUser, attested] = [0x01, 0x04, 0x40];

export function authenticator(): Authenticator {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const id = randomBytes(32);
  const credentialId = id.toString("base64url");
  let counter = 0;

  const clientData = (type: string, challenge: string, origin: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const authenticatorData = (domain: string, flags: number, rest = Buffer.alloc(0)) => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(++counter);
    return Buffer.concat([sha256(Buffer.from(domain)), Buffer.from([flags]), count, rest]);
  };
  const credential = (response: object) => ({
    id: credentialId,
    rawId: credentialId,
    type: "public-key",
    clientExtensionResults: {},
    response,
  });

  return {
    credentialId,
    create({ challenge }, given) {
      const { verified, origin, domain } = { ...here, ...given };
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const made = Buffer.concat([Buffer.alloc(16), length, id, coseKey(publicKey)]);
      const data = authenticatorData(domain, present | attested | (verified ? verifiedUser : 0), made);
      // {"fmt": "none", "attStmt": {}, "authData": …}
      const attestation = Buffer.concat([
        Buffer.from([0xa3]),
        text("fmt"),
        text("none"),
        text("attStmt"),
        Buffer.from([0xa0]),
        text("authData"),
        bytes(data),
      ]);
      return credential({
        clientDataJSON: clientData("webauthn.create", challenge, origin).toString("base64url"),
        attestationObject: attestation.toString("base64url"),
        transports: ["internal"],
      });
    },
    get({ challenge }, given) {
      const { verified, origin, domain } = { ...here, ...given };
      const client = clientData("webauthn.get", challenge, origin);
      const data = authenticatorData(domain, present | (verified ? verifiedUser : 0));
      return credential({
        clientDataJSON: client.toString("base64url"),
        authenticatorData: data.toString("base64url"),
        signature: signed(privateKey, Buffer.concat([data, sha256(client)])).toString("base64url"),
      });
    },
  };
}

const sha256 = (data: Buffer): Buffer => createHash("sha256").update(data).digest();
const signed = (key: KeyObject, data: Buffer): Buffer => createSign("sha256").update(data).sign(key);

// CBOR (RFC 8949), as far as it is needed here.
const text = (value: string): Buffer => Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
const bytes = (value: Buffer): Buffer =>
  Buffer.concat([
    value.length < 256 ? Buffer.from([0x58, value.length]) : Buffer.from([0x59, value.length >> 8, value.length & 255]),
    value,
  ]);

/** RFC 9053 §7.1: {1: EC2, 3: ES256, -1: P-256, -2: x, -3: y}. */
function coseKey(key: KeyObject): Buffer {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  const coordinate = (value: string) => bytes(Buffer.from(value, "base64url"));
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    coordinate(x),
    Buffer.from([0x22]),
    coordinate(y),
  ]);
}
