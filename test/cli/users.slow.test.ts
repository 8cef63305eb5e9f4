import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { openService } from "../harness/app.ts";
import { openPasswords } from "../../src/passwords/hash.ts";
import { openPlace, type Place } from "../harness/place.ts";
import { runCommand, startCommand } from "../harness/process.ts";

let place: Place;
beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place[Symbol.asyncDispose]());

// bcrypt of "U*U*", and Firebase's own example of "user1password".
const bcrypt = "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK";
const firebase = {
  passwordHash: "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
  passwordSalt: "42xEC+ixf3L2lw==",
};
const hashConfig = `hash_config {
  algorithm: SCRYPT,
  base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,
  base64_salt_separator: Bw==,
  rounds: 8,
  mem_cost: 14,
}`;

const imported = (args: string[]) => [["users", "import", ...args], { cwd: place.directory, env: place.env }] as const;
const start = (...args: string[]) => startCommand(...imported(args));

/** Runs an import to its end. */
async function run(...args: string[]) {
  const { out, err, code } = await runCommand(...imported(args));
  const refused = out
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
  return { out, err, code, refused };
}

/** Writes a file of NDJSON, or of whatever text is given. */
async function written(name: string, content: string | object[]): Promise<string> {
  const path = join(place.directory, name);
  const lines = typeof content === "string" ? content : `${content.map((row) => JSON.stringify(row)).join("\n")}\n`;
  await Bun.write(path, lines);
  return path;
}

const rows = (text: string, ...values: unknown[]) =>
  place.database((database) => database.statement(`imported_${Bun.hash(text)}`, text, values));

const signsIn = (email: string, password: string) =>
  place.database(async (database) => {
    const passwords = openPasswords(1);
    const service = await openService({ database, passwords });
    const { status } = await service.anonymous.post("/api/auth/sign-in/email", { email, password });
    await service.deps.close();
    await passwords.close();
    return status;
  });

describe("users import", () => {
  test("takes people with another system's hashes, who sign in and have a hash of today then", async () => {
    const people = [
      {
        email: "Ada@Example.com",
        name: "Ada",
        emailVerified: true,
        createdAt: "2019-05-01T10:00:00Z",
        passwordHash: bcrypt,
      },
      { email: "fire@example.com", createdAt: "1486324170000", image: "https://example.com/f.png", ...firebase },
      { email: "none@example.com" },
    ];
    const file = await written("people.ndjson", people);
    const config = await written("firebase.txt", hashConfig);
    const { out, err, code } = await run(file, "--firebase", config);
    expect([code, out, err]).toEqual([0, "", "done: 3 lines: 3 imported, 0 there already, 0 refused\n"]);
    expect(
      await rows(`select email, name, email_verified as verified, image, created_at as created, role,
        (select count(*)::int from "user_profile" p where p.user_id = u.id) as profiles,
        (select string_agg(actor_type || ' ' || action || ' ' || coalesce(changes -> 'password' ->> 'to', ''), ',' order by action)
          from "audit_event" e where e.entity_id = u.id or e.entity_id = (select id from "account" a where a.user_id = u.id)) as events
        from "user" u where email in ('ada@example.com', 'fire@example.com', 'none@example.com') order by email`),
    ).toEqual([
      {
        email: "ada@example.com",
        name: "Ada",
        verified: true,
        image: null,
        created: new Date("2019-05-01T10:00:00Z"),
        role: "user",
        profiles: 1,
        events: "system account.created [redacted],system user.created ",
      },
      {
        email: "fire@example.com",
        name: "",
        verified: false,
        image: "https://example.com/f.png",
        created: new Date(1_486_324_170_000),
        role: "user",
        profiles: 1,
        events: "system account.created [redacted],system user.created ",
      },
      expect.objectContaining({ email: "none@example.com", profiles: 1, events: "system user.created " }),
    ]);
    expect(await signsIn("ada@example.com", "U*U*")).toBe(200);
    expect(await signsIn("fire@example.com", "user1password")).toBe(200);
    expect(await signsIn("fire@example.com", "user2password")).toBe(401);
    expect(
      await rows(`select count(*)::int as today from "account" where password like '$argon2id$v=19$m=19456,t=2,p=1$%'`),
    ).toEqual([{ today: 2 }]);
  });

  test("refuses what it can't take, by line and field, without a word of a hash, and takes the rest", async () => {
    const file = await written(
      "mixed.ndjson",
      [
        `{"email":"good@example.com","passwordHash":"${bcrypt}"}`,
        "",
        `{"email":"nobody"}`,
        `{"email":"a@example.com","passwordHash":"$2b$31$${bcrypt.slice(7)}"}`,
        `{"email":"b@example.com","passwordHash":"$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"}`,
        `{"email":"c@example.com","password":"sesame, open"}`,
        `{"email":"d@example.com","name":"\\u0000"}`,
        `{"email":"e@example.com","createdAt":"2999-01-01T00:00:00Z"}`,
        `{"email":"f@example.com","passwordHash":"x","passwordSalt":"y"}`,
        `{"email":"g@example.com","passwordHash":"${bcrypt}`,
        `{"email":"h@example.com","name":"${"x".repeat(70_000)}"}`,
        `{"email":"GOOD@example.com","name":"Again"}`,
        `{"email":"last@example.com","image":"javascript:alert(1)"}`,
      ].join("\n"),
    );
    const { out, err, code, refused } = await run(file);
    expect(code).toBe(3);
    expect(err).toEndWith("done: 13 lines: 1 imported, 1 there already, 10 refused\n");
    expect(refused).toEqual([
      { line: 3, field: "email", reason: expect.any(String) },
      { line: 4, field: "passwordHash", reason: "has a bcrypt cost of 31; it may be 4 to 14" },
      { line: 5, field: "passwordHash", reason: expect.stringContaining("asks for too much") },
      { line: 6, field: null, reason: expect.stringContaining("password") },
      { line: 7, field: "name", reason: "has a character that can't be stored" },
      { line: 8, field: "createdAt", reason: expect.stringContaining("must be a time in the past") },
      { line: 9, field: "passwordSalt", reason: expect.stringContaining("--firebase") },
      { line: 10, field: null, reason: "isn't a JSON object" },
      { line: 11, field: null, reason: "has more than 65536 bytes" },
      { line: 13, field: "image", reason: expect.any(String) },
    ]);
    for (const secret of ["CCCCC", "CTFhF", "sesame"]) expect(`${out}${err}`).not.toContain(secret);
  });

  test("reads CSV with quotes, an empty field and lines in a field", async () => {
    const file = await written(
      "people.csv",
      `\uFEFFemail,name,emailVerified,passwordHash\r\nq@example.com,"Quoted ""Q"", Jr.",TRUE,${bcrypt}\r\nr@example.com,"Two\nlines",,\r\ns@example.com,short\r\n`,
    );
    const { code, refused } = await run(file);
    expect([code, refused]).toEqual([3, [{ line: 5, field: null, reason: "has 2 columns, and the first line 4" }]]);
    expect(
      await rows(`select name, email_verified as verified, (select count(*)::int from "account" a where a.user_id = u.id) as accounts
        from "user" u where email in ('q@example.com', 'r@example.com') order by email`),
    ).toEqual([
      { name: 'Quoted "Q", Jr.', verified: true, accounts: 1 },
      { name: "Two\nlines", verified: false, accounts: 0 },
    ]);
  });

  test("exits with 1 and says why: a file that isn't there, an unknown name, CSV that breaks off, no format", async () => {
    const wrong: [string[], string][] = [
      [[join(place.directory, "nowhere.csv")], "can't be read"],
      [[await written("names.csv", "email,passwort\n")], "the first line has passwort"],
      [[await written("broken.csv", `email,passwordHash\nx@example.com,"${bcrypt}`)], "isn't CSV at line"],
      [[await written("people.txt", "{}")], "--format"],
      [[await written("fresh.ndjson", "{}"), "--resume"], "no"],
    ];
    for (const [args, why] of wrong) {
      const { code, err, out } = await run(...args);
      expect([code, out]).toEqual([1, ""]);
      expect(err).toContain(why);
      expect(err).not.toContain("CCCCC");
    }
    expect((await run("x.csv", "--format", "xml")).code).toBe(2);
  });

  test("writes nothing in a dry run, and says what it would do", async () => {
    const file = await written("dry.ndjson", [
      { email: "dry@example.com" },
      { email: "ada@example.com" },
      { email: "" },
    ]);
    const { code, err, refused } = await run(file, "--dry-run");
    expect([code, err]).toEqual([3, "done: 3 lines: 1 to import, 1 there already, 1 refused\n"]);
    expect(refused).toHaveLength(1);
    expect(await rows(`select id from "user" where email = 'dry@example.com'`)).toEqual([]);
  });

  test("goes on where it was killed, and again from the start without writing anybody twice", async () => {
    const people = Array.from({ length: 4_000 }, (_, n) => ({ email: `many-${n}@example.com`, passwordHash: bcrypt }));
    const file = await written("many.ndjson", people);
    const child = start(file);
    while (!(await Bun.file(`${file}.checkpoint`).exists())) await Bun.sleep(5);
    child.kill("SIGKILL");
    await child.exited;
    const { line } = (await Bun.file(`${file}.checkpoint`).json()) as { line: number };
    expect([line >= 500, line < 4_000]).toEqual([true, true]);

    const resumed = await run(file, "--resume");
    expect([resumed.code, resumed.err]).toEqual([0, expect.stringContaining(`going on after line ${line}\n`)]);
    // One batch may have been committed after the last checkpoint.
    const [, imported = "", known = ""] = /(\d+) imported, (\d+) there already, 0 refused\n$/.exec(resumed.err) ?? [];
    expect([Number(imported) + Number(known), Number(known) <= 500]).toEqual([4_000 - line, true]);
    expect(await Bun.file(`${file}.checkpoint`).exists()).toBe(false);

    const again = await run(file);
    expect(again.err).toEndWith("done: 4000 lines: 0 imported, 4000 there already, 0 refused\n");
    expect(
      await rows(
        `select count(*)::int as users, (select count(*)::int from "account" a join "user" u on u.id = a.user_id where u.email like 'many-%') as accounts
          from "user" where email like 'many-%'`,
      ),
    ).toEqual([{ users: 4_000, accounts: 4_000 }]);
  });

  test.skipIf(process.platform !== "linux")("takes memory for a batch, not for the file", async () => {
    const row = `${JSON.stringify({ email: "nobody at all", name: "x".repeat(200), passwordHash: bcrypt })}\n`;
    const peakOf = async (lines: number) => {
      const child = start(await written("long.ndjson", row.repeat(lines)), "--dry-run");
      const output = new Response(child.stdout).text();
      let peak = 0;
      for (; child.exitCode === null; await Bun.sleep(20)) {
        const status = await Bun.file(`/proc/${child.pid}/status`)
          .text()
          .catch(() => "");
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024);
      }
      expect([child.exitCode, (await output).split("\n").length]).toEqual([3, lines + 1]);
      return peak;
    };
    // The file has 15 MB, and then 75 MB. What the collector leaves lying for a while isn't held: the least counts.
    const leastOf = async (lines: number) => Math.min(await peakOf(lines), await peakOf(lines));
    const [short, long] = [await leastOf(50_000), await leastOf(250_000)];
    expect(short).toBeGreaterThan(20 * 1024 * 1024);
    expect(long - short).toBeLessThan(30 * 1024 * 1024);
  });
});
