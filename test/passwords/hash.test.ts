import { expect, test } from "bun:test";
import { hashPassword, verifyPassword } from "better-auth/crypto";
import { join } from "node:path";
import { openPasswords } from "../../src/passwords/hash.ts";

const password = "correct horse ﬁne";

test("it and better-auth read each other's hashes", async () => {
  const passwords = openPasswords(2);
  const [ours, theirs] = await Promise.all([passwords.hash(password), hashPassword(password)]);
  expect(await verifyPassword({ hash: ours, password })).toBe(true);
  expect(await passwords.verify({ hash: theirs, password })).toBe(true);
  await passwords.close();
});

test("the same password has another hash each time, and another password doesn't match it", async () => {
  const passwords = openPasswords(1);
  const [first, second] = await Promise.all([passwords.hash(password), passwords.hash(password)]);
  expect(first).not.toBe(second);
  expect(await passwords.verify({ hash: first, password: `${password}.` })).toBe(false);
  expect(await passwords.verify({ hash: first.slice(0, -2), password })).toBe(false);
  expect(passwords.verify({ hash: "nothing of the kind", password })).rejects.toThrow("salt and a key");
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
  expect(await new Response(child.stdout).text()).toMatch(/^[0-9a-f]{32}:[0-9a-f]{128}\n$/);
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
      console.log(JSON.stringify([niceness(process.pid), ...readdirSync("/proc/self/task").map(niceness)]));`;
    const child = Bun.spawn([process.execPath, "-e", program], { stdout: "pipe", stderr: "inherit" });
    const [main, ...threads] = (await new Response(child.stdout).json()) as string[];
    expect(main).toBe(String(own));
    expect(threads.filter((niceness) => niceness === String(Math.min(19, own + 10)))).toHaveLength(2);
    expect(await child.exited).toBe(0);
  });
}
