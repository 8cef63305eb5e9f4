import { expect, test } from "bun:test";
import { hashPassword, verifyPassword } from "better-auth/crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openPasswords } from "../../src/auth/passwords.ts";

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
  const source = join(import.meta.dir, "../../src/auth/passwords.ts");
  const program = `const { openPasswords } = await import(${JSON.stringify(source)});
    console.log(await openPasswords(1).hash("a password"));`;
  const child = Bun.spawn([process.execPath, "-e", program], { stdout: "pipe", stderr: "inherit" });
  expect(await new Response(child.stdout).text()).toMatch(/^[0-9a-f]{32}:[0-9a-f]{128}\n$/);
  expect(await child.exited).toBe(0);
});

// What answers requests keeps the niceness 0: on one core it would else get a share no larger than each hash does.
test.skipIf(process.platform !== "linux")("the threads that hash yield to the one that answers", async () => {
  const passwords = openPasswords(2);
  await Promise.all([passwords.hash(password), passwords.hash(password)]);
  const threads = readdirSync("/proc/self/task").map(Number);
  expect(threads.filter((id) => niceness(id) === 10).length).toBeGreaterThanOrEqual(2);
  expect(niceness(process.pid)).toBe(0);
  await passwords.close();
});

/** Of a thread of this process: the nineteenth field of /proc/PID/task/TID/stat. */
function niceness(thread: number): number {
  const stat = readFileSync(`/proc/self/task/${thread}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]);
}
