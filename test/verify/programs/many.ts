/**
 * Verifies a million different sessions by their cookies and prints what is kept of them and how much memory that takes, as JSON. In place of a database, whose million sessions would take
 * minutes to make and to look up, something answers at once with rows as the driver makes them.
 */
import { createHmac } from "node:crypto";
import { silentLog } from "../../../src/ops/log.ts";
import { openDatabase } from "../../../src/db/open.ts";
import type { Database } from "../../../src/db/types.ts";
import { openDeps } from "../../../src/deps.ts";
import * as schema from "../../../src/schema.ts";
import { noStanding } from "../../../src/verify/load/standing-text.ts";
import { testConfig } from "../../harness/app.ts";
import { secret } from "../../harness/people.ts";

const count = Number(Bun.argv[2]);

/** Nothing connects to it until it is used. */
const unused = await openDatabase({ url: "postgres://nobody@127.0.0.1:1/none", schema });
let hear: (payload: string) => void = () => {};
const database: Database = {
  ...unused,
  kind: "pglite",
  listen: async (_channel, given) => {
    hear = given;
    return { query: async () => [], close: async () => {} };
  },
  statement: async <Row>(name: string, _text: string, values: readonly unknown[]): Promise<Row[]> => {
    await new Promise(setImmediate);
    if (name === "announce") hear(values[1] as string);
    return name === "verify_session"
      ? (values[0] as string).split(",").map((token, at) => rowOf(token, at + 1) as Row)
      : [];
  },
};

/** Fresh text in every field, as from a socket. */
function rowOf(given: string, i: number): object {
  const fresh = (text: string) => Buffer.from(text).toString();
  const token = fresh(given);
  const n = Number.parseInt(token.slice(0, 12), 16) % 1_000;
  const [user, organization] = [`user-${n}-0000-7000-8000-000000000000`, `org-${n}-0000-7000-8000-0000000000000`];
  const later = Date.now() + 86_400_000;
  const found = {
    i,
    session_id: fresh(`session-${token}`),
    expires_at: later,
    active_organization_id: fresh(organization),
    impersonated_by: null,
    id: fresh(user),
    email: fresh(`person-${n}@example.com`),
    email_verified: true,
    name: fresh(`Person number ${n}`),
    image: null,
    created_at: later,
    role: "user",
    member_id: fresh(`member-${token}`),
    member_role: "owner",
    organization_id: fresh(organization),
    organization_slug: fresh(`organization-${n}`),
    organization_name: fresh(`Organization ${n}`),
  };
  return { found, standing: noStanding };
}

const config = testConfig();
const limit = config.verification.cacheSize;
const deps = await openDeps(config, secret, { database, log: silentLog });
const { credentials, verifier } = deps;
for (; !verifier.trusted(); await Bun.sleep(5));

// With the cookies of other applications around it, as browsers send them.
const others = `theme=dark; tracking=${"x".repeat(6_000)}`;

function headersOf(n: number): Headers {
  const token = new Bun.CryptoHasher("md5").update(String(n)).digest("hex");
  const signature = encodeURIComponent(createHmac("sha256", secret).update(token).digest("base64"));
  const cookie = `${others}${n}; better-auth.session_token=${token}.${signature}`;
  return new Headers({ cookie });
}

let next = 0;
let refused = 0;
async function upTo(last: number): Promise<void> {
  const worker = async () => {
    while (next < last) {
      const { kind } = await verifier.verify(credentials.fromHeaders(headersOf(next++)), { by: "current" });
      if (kind !== "verified") refused++;
    }
  };
  await Promise.all(Array.from({ length: 64 }, worker));
}

const settled = (): number => {
  Bun.gc(true);
  return process.memoryUsage.rss();
};

await upTo(1_000);
const before = settled();
const after: number[] = [];
let peak = 0;
for (let part = 1; part <= 10; part++) {
  await upTo((count / 10) * part);
  peak = Math.max(peak, process.memoryUsage.rss());
  after.push(settled() - before);
}
process.stdout.write(JSON.stringify({ limit, refused, kept: verifier.size(), after, peak: peak - before }));
await deps.close();
process.exit(0);
