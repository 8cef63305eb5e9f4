import { expect, test } from "bun:test";
import { hashPassword } from "better-auth/crypto";
import { join } from "node:path";
import { openPasswords } from "../../src/passwords/hash.ts";

const password = "correct horse ﬁne";

const today = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/;

test("a password is hashed by argon2id with OWASP's parameters, each time with another salt", async () => {
  const passwords = openPasswords(2);
  const [first, second] = await Promise.all([passwords.hash(password), passwords.hash(password)]);
  expect([first, second]).toEqual([expect.stringMatching(today), expect.stringMatching(today)]);
  expect(first).not.toBe(second);
  // By an implementation that isn't ours.
  expect(await Bun.password.verify("correct horse fine", first)).toBe(true);
  // In whatever form a keyboard writes the same letters.
  expect(await passwords.check({ hash: first, password: "correct horse fine" })).toEqual({ right: true });
  expect(await passwords.check({ hash: first, password: `${password}.` })).toEqual({ right: false });
  await passwords.close();
});

test("better-auth's hash matches, and only a right password renews it", async () => {
  const passwords = openPasswords(1);
  const hash = await hashPassword(password);
  const { right, renewed = "" } = await passwords.check({ hash, password });
  expect([right, renewed]).toEqual([true, expect.stringMatching(today)]);
  expect(await passwords.check({ hash: renewed, password })).toEqual({ right: true });
  expect(await passwords.check({ hash, password: `${password}.` })).toEqual({ right: false });
  await passwords.close();
});

test("a stored text that is no hash is an error, which doesn't tell it", async () => {
  const passwords = openPasswords(1);
  const failed = await passwords.check({ hash: "nothing of the kind", password }).catch(String);
  expect(failed).toBe("Error: a stored password is a hash of no form that is known");
  await passwords.close();
});

test("E7: all of a password counts: none of 64, of 73 bytes, or of the longest is cut off", async () => {
  const passwords = openPasswords(2);
  for (const long of ["x".repeat(64), "x".repeat(73), "🦊".repeat(64)]) {
    const hash = await passwords.hash(long);
    expect(await passwords.check({ hash, password: long })).toEqual({ right: true });
    expect(await passwords.check({ hash, password: `${long.slice(0, -1)}y` })).toEqual({ right: false });
  }
  await passwords.close();
});

test("closing ends what is being hashed, with an error", async () => {
  const passwords = openPasswords(1);
  const ended = passwords.hash(password).catch(String);
  await passwords.close();
  expect(await ended).toContain("has ended");
});

test("a thread that waits for work doesn't keep the process", async () => {
  const source = join(import.meta.dir, "../../src/passwords/hash.ts");
  const program = `const { openPasswords } = await import(${JSON.stringify(source)});
    console.log(await openPasswords(1).hash("a password"));`;
  const child = Bun.spawn([process.execPath, "-e", program], { stdout: "pipe", stderr: "inherit" });
  expect(await new Response(child.stdout).text()).toMatch(/^\$argon2id\$.{80,}\n$/);
  expect(await child.exited).toBe(0);
});

// On one core what answers requests would else get a share no larger than each hash does. A service manager may have
// set the process's own niceness, and without root a thread can't go below that.
for (const own of [0, 5]) {
  const name = `the threads that hash yield to the one that answers, in a process of niceness ${own}`;
  test.skipIf(process.platform !== "linux")(name, async () => {
    const source = join(import.meta.dir, "../../src/passwords/hash.ts");
    const program = `const { openPasswords } = await import(${JSON.stringify(source)});
      const { setPriority } = await import("node:os");
      setPriority(0, ${own});
      const passwords = openPasswords(2);
      await Promise.all([passwords.hash("a password"), passwords.hash("a password")]);
      const { readdirSync, readFileSync } = await import("node:fs");
      const niceness = (id) => readFileSync("/proc/self/task/" + id + "/stat", "utf8").split(") ").at(-1).split(" ")[16];
      // A helper of the runtime has the niceness of whichever thread began it.
      const ours = (id) => readFileSync("/proc/self/task/" + id + "/comm", "utf8") === "Worker\\n";
      console.log(JSON.stringify([process.pid, ...readdirSync("/proc/self/task").filter(ours)].map(niceness)));`;
    const child = Bun.spawn([process.execPath, "-e", program], { stdout: "pipe", stderr: "inherit" });
    const [main, ...threads] = (await new Response(child.stdout).json()) as string[];
    expect(main).toBe(String(own));
    expect(threads).toEqual([String(own + 10), String(own + 10)]);
    expect(await child.exited).toBe(0);
  });
}
