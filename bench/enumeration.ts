/**
 * Whether the time of an answer tells that an address has an account: the same question about known and unknown
 * addresses in turns, one at a time. `bun bench/enumeration.ts [--tries N] [--only A,B] [URL]` makes and drops a database on the
 * server of URL.
 */
import { parseArgs } from "node:util";
import { openPasswords } from "../src/passwords/hash.ts";
import { type Holder, makeHolders } from "../test/harness/holders.ts";
import { password, secret } from "../test/harness/people.ts";
import { freshDatabase } from "../test/harness/postgres.ts";
import { startService } from "../test/harness/process.ts";

type Question = { path: string; body: (email: string) => object; statuses: number[]; byOwner?: true };

const questions: Readonly<Record<string, Question>> = {
  "sign-in": {
    path: "/api/auth/sign-in/email",
    body: (email) => ({ email, password: "a wrong password" }),
    statuses: [401],
  },
  "sign-up": {
    path: "/api/auth/sign-up/email",
    body: (email) => ({ email, password, name: "Somebody" }),
    statuses: [200],
  },
  reset: { path: "/api/auth/request-password-reset", body: (email) => ({ email }), statuses: [200] },
  link: { path: "/api/auth/sign-in/magic-link", body: (email) => ({ email }), statuses: [200] },
  code: { path: "/api/auth/sign-in/email-otp", body: (email) => ({ email, otp: "000000" }), statuses: [400] },
  invitation: {
    path: "/v1/orgs/current/invitations",
    body: (email) => ({ email }),
    statuses: [201],
    byOwner: true,
  },
};

const { values, positionals } = parseArgs({
  args: Bun.argv.slice(2),
  options: { tries: { type: "string", default: "300" }, only: { type: "string" } },
  allowPositionals: true,
});
const serverUrl = positionals[0] ?? process.env.BENCH_DATABASE_URL ?? "postgres://postgres@127.0.0.1:5432/postgres";
await measure(serverUrl, Number(values.tries));

/** Prints a table, row by row. */
async function measure(serverUrl: string, tries: number): Promise<void> {
  await using fresh = await freshDatabase(serverUrl);
  const passwords = openPasswords(1);
  const passwordHash = await passwords.hash(password);
  await passwords.close();
  // Each question is about addresses of its own, and a first round warms up what is compiled on the way.
  const warmUp = 20;
  const env = {
    DATABASE_URL: fresh.url ?? "",
    AUTH_SECRET: secret,
    EMAIL_CODE: "on",
    SIGN_UP: "verified",
    // Never spoken to; without it the service would keep mail in a folder here.
    SMTP_URL: "smtp://127.0.0.1:9",
  };
  await using service = await startService({ env });
  console.log(`Medians of ${tries} answers each, in turns, one at a time:\n`);
  console.log("| asked about | known ms | unknown ms | difference ms |\n| --- | --- | --- | --- |");
  const headers = { "content-type": "application/json", origin: service.url };
  const [owner] = await makeHolders(fresh.database, 1);
  for (const [name, { path, body, statuses, byOwner }] of Object.entries(questions)) {
    if (values.only !== undefined && !values.only.split(",").includes(name)) continue;
    const known = await makeHolders(fresh.database, tries + warmUp, { passwordHash });
    const ask = async (email: string): Promise<number> => {
      const cookies = byOwner ? (owner as Holder).owner : {};
      const sent = { method: "POST", headers: { ...headers, ...cookies }, body: JSON.stringify(body(email)) };
      const began = performance.now();
      const answer = await fetch(service.url + path, sent);
      const text = await answer.text();
      const took = performance.now() - began;
      if (!statuses.includes(answer.status)) throw new Error(`${name} answers ${answer.status}: ${text}`);
      return took;
    };
    const times: Record<"known" | "unknown", number[]> = { known: [], unknown: [] };
    for (const [n, { email }] of known.entries()) {
      const turns = [
        ["known", email],
        ["unknown", `nobody-${email}`],
      ] as const;
      for (const [which, address] of n % 2 ? turns : turns.toReversed()) {
        const took = await ask(address);
        if (n >= warmUp) times[which].push(took);
      }
    }
    const [a, b] = [median(times.known), median(times.unknown)];
    console.log(`| ${[name, a.toFixed(2), b.toFixed(2), (a - b).toFixed(2)].join(" | ")} |`);
  }
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
