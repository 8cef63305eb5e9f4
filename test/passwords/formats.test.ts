import { describe, expect, test } from "bun:test";
import { firebaseHash } from "../../src/passwords/formats/firebase-scrypt.ts";
import { openPasswords } from "../../src/passwords/hash.ts";
import { readHash } from "../../src/passwords/formats.ts";

const firebaseProject = {
  signerKey: "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
  saltSeparator: "Bw==",
  rounds: 8,
  memCost: 14,
};

/** Hashes that other programs made: of the name's system, its documentation or its tests; the rest by Python's hashlib. */
const known: Record<string, [hash: string, password: string]> = {
  "argon2id, of the reference implementation": [
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    "password",
  ],
  "argon2id over four lanes": [
    "$argon2id$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$GpZ3sK/oH9p7VIiV56G/64Zo/8GaUw434IimaPqxwCo",
    "password",
  ],
  "argon2i, of the reference implementation": [
    "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
    "password",
  ],
  "argon2i of version 16, of the reference implementation": [
    "$argon2i$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ",
    "password",
  ],
  "bcrypt $2a$": ["$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"],
  "bcrypt $2b$": ["$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*"],
  "bcrypt $2y$, of an empty salt's alphabet": ["$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", "U*U*U"],
  "bcrypt of 72 bytes and more, of which it reads 72": [
    "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored",
  ],
  "scrypt, of passlib": [
    "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E",
    "password",
  ],
  "scrypt, of better-auth": [
    "000102030405060708090a0b0c0d0e0f:dd2e50c94adca295e5ed65aa5dfa21fd0c49e40fc104a908d97567bc38d7b4f3b6cd695c8a625da2ef946fedb5c3a3b80272dc4b31a89f61453817dd658b9762",
    "lètmein",
  ],
  "scrypt, of Firebase": [
    firebaseHash(
      firebaseProject,
      "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
      "42xEC+ixf3L2lw==",
    ),
    "user1password",
  ],
  "PBKDF2 by SHA-256, of Django": [
    "pbkdf2_sha256$20000$seasalt2$Flpve/uAcyo6+IFI6YAhjeABGPVbRQjzHDxRhqxewgw=",
    "lètmein",
  ],
  "PBKDF2 by SHA-1, of Django": ["pbkdf2_sha1$20000$seasalt2$pJt86NmjAweBY1StBvxCu7l1o9o=", "lètmein"],
  "PBKDF2 by SHA-256, as passlib writes it": [
    "$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdgw$dpRk2cs9bbVWGPZtJPW.hHedt1Di4ACf95sOojEMEr8",
    "password",
  ],
  "PBKDF2 by SHA-512, as a PHC string": [
    "$pbkdf2-sha512$i=25000,l=64$c2Vhc2FsdDI$UC//84dnvwx7O158pUiOh7bpSivELNLqfl/3TO2s4312t66OBwJnOyW/tQz3wBF4ki9J0kII+7oCgPk9EFBP/g",
    "lètmein",
  ],
  "{SSHA}": ["{SSHA}wQ32f/5UcyhDbCSg/JGzILhXK31zZWFzYWx0Mg==", "lètmein"],
  "{SSHA256}": ["{SSHA256}WsA90DCMGhS4UZJq7eGA6NA7woW+oZ/62/64DSvfGZhzZWFzYWx0Mg==", "lètmein"],
  "{SSHA512}": [
    "{SSHA512}6mfSpqYXzw9CB9F5MuaAdrjuJwbnsMi/H5mrzBear7qy7k++rfUAUH4mwG502mr1YoX6mjtlDE/pKRr7ZPgo2XNlYXNhbHQy",
    "lètmein",
  ],
  "salted SHA-1, of Django": ["sha1$seasalt$cff36ea83f5706ce9aa7454e63e431fc726b2dc8", "lètmein"],
};

describe("a hash of another system", () => {
  test.each(Object.keys(known))("%s: matches its password and no other, and is renewed as argon2id", async (name) => {
    const [hash = "", password = ""] = known[name] ?? [];
    const passwords = openPasswords(1);
    try {
      const { right, renewed = "" } = await passwords.check({ hash, password });
      expect([right, renewed]).toEqual([true, expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)]);
      expect(await passwords.check({ hash: renewed, password })).toEqual({ right: true });
      // Of a long password bcrypt reads only the beginning.
      expect(await passwords.check({ hash, password: `x${password}` })).toEqual({ right: false });
    } finally {
      await passwords.close();
    }
  });

  test("is of what was typed, also where its characters have another normal form", async () => {
    const passwords = openPasswords(1);
    // Salted SHA-1 of "ﬁne-tuned" with its ligature, which NFKC takes apart.
    const hash = `sha1$salt$${new Bun.CryptoHasher("sha1").update("saltﬁne-tuned").digest("hex")}`;
    const { right, renewed = "" } = await passwords.check({ hash, password: "ﬁne-tuned" });
    expect(right).toBe(true);
    expect(await passwords.check({ hash: renewed, password: "fine-tuned" })).toEqual({ right: true });
    await passwords.close();
  });
});

const salt = "c29tZXNhbHRzb21lc2FsdA";
const key = "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

describe("a hash that would take too much is refused unread", () => {
  const greedy: Record<string, string> = {
    "4 GiB by argon2": `$argon2id$v=19$m=4194304,t=1,p=1$${salt}$${key}`,
    "a billion passes": `$argon2id$v=19$m=19456,t=1000000000,p=1$${salt}$${key}`,
    "a thousand lanes": `$argon2id$v=19$m=19456,t=2,p=1000$${salt}$${key}`,
    "bcrypt's cost of 31": "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    "4 GiB by scrypt": `$scrypt$ln=22,r=8,p=1$${salt}$${key}`,
    "an N that overflows": `$scrypt$ln=4000,r=8,p=1$${salt}$${key}`,
    "a million lanes of scrypt": `$scrypt$ln=14,r=8,p=1000000$${salt}$${key}`,
    "Firebase's memory cost of 30": firebaseHash({ ...firebaseProject, memCost: 30 }, key, salt),
    "10^9 rounds of PBKDF2, of Django": `pbkdf2_sha256$1000000000$salt$${key}`,
    "10^9 rounds of PBKDF2": `$pbkdf2-sha256$i=1000000000$${salt}$${key}`,
  };

  test.each(Object.keys(greedy))("%s", (name) => {
    expect(readHash(greedy[name] ?? "")).toEqual({ fault: expect.stringMatching(/asks for too much|bcrypt cost/) });
  });
});

describe("a text that is no hash is told apart", () => {
  const wrong: Record<string, string> = {
    "a password": "correct horse battery",
    nothing: "",
    "an unsalted digest": "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8",
    "argon2 of another version": `$argon2i$v=18$m=65536,t=2,p=1$${salt}$${key}`,
    "argon2 without a key": `$argon2id$v=19$m=19456,t=2,p=1$${salt}`,
    "argon2 with a parameter that is no number": `$argon2id$v=19$m=lots,t=2,p=1$${salt}$${key}`,
    "argon2 of no memory": `$argon2id$v=19$m=1,t=2,p=1$${salt}$${key}`,
    "bcrypt that is cut": "$2b$12$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4",
    "bcrypt of the faulty kind": "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    "scrypt with a short key": `$scrypt$ln=14,r=8,p=1$${salt}$c2hvcnQ`,
    "PBKDF2 of no rounds": `pbkdf2_sha256$0$salt$${key}`,
    "PBKDF2 by MD5": `pbkdf2_md5$1000$salt$${key}`,
    "SSHA without salt": `{SSHA}${Buffer.alloc(20).toString("base64")}`,
    "a kilobyte": `$scrypt$${"x".repeat(1024)}`,
  };

  test.each(Object.keys(wrong))("%s", (name) => {
    expect(readHash(wrong[name] ?? "")).toEqual({ fault: expect.any(String) });
  });
});
