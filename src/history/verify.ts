import { createHash } from "node:crypto";
import type { Connection } from "../db/driver/connection.ts";
import type { Database } from "../db/types.ts";
import { leafOf } from "./leaf.ts";

/** What is wrong with the history, the first that was found. */
export type Fault = {
  kind: "changed" | "removed" | "inserted" | "seal";
  /** Whose history: an organization's id; null for what belongs to none. */
  organizationId: string | null;
  /** The event; null where a seal itself is what is wrong. */
  eventId: string | null;
  /** What is wrong, for an operator. */
  detail: string;
};

export type Verdict = { sealed: number; unsealed: number; batches: number; fault: Fault | null };

type Seal = {
  batch: number;
  chain: string;
  seq: number;
  events: string[];
  leaves: Buffer;
  digest: Buffer;
  /** Of the seal before; null where there is none. */
  previous: Buffer | null;
};
type Batch = { number: number; digest: Buffer; events: number; at: number; seals: number };

type Options = {
  /** Only the chain of this organization, '' for that of none; every chain, and the batches, where it isn't given. */
  chain?: string | undefined;
  /** Called now and then with how many events were verified. */
  progress?: (events: number) => void;
  /** Seals that are read at once. */
  page?: number;
};

const bytes = 32;
const sha256 = (...parts: readonly (Buffer | string)[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const int8 = (value: number): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigInt64BE(BigInt(value));
  return buffer;
};

/**
 * Compares the history with its seals, in the order in which it was sealed, and looks for events that no seal has. It
 * reads one state of the database, however long it takes, and changes nothing. Nothing is believed but PostgreSQL's own
 * functions: the digests are computed here, from the rows.
 */
export function verifyHistory(database: Database, options: Options = {}): Promise<Verdict> {
  return database.session(async (connection) => {
    await connection.exec("begin isolation level repeatable read read only; set local statement_timeout = 0");
    try {
      return await verify(connection, options);
    } finally {
      await connection.exec("rollback");
    }
  });
}

async function verify(connection: Connection, { chain, progress, page = 500 }: Options): Promise<Verdict> {
  const verdict: Verdict = { sealed: 0, unsealed: 0, batches: 0, fault: null };
  const ofBatches = chain === undefined ? batchChain(connection) : null;
  let last: Pick<Seal, "batch" | "chain"> = { batch: 0, chain: "" };
  for (let full = true; full;) {
    const seals = await sealsAfter(connection, last, chain, page);
    const leaves = await leavesOf(connection, seals);
    for (const seal of seals) {
      const fault = faultOf(seal, leaves) ?? (await ofBatches?.add(seal)) ?? null;
      if (fault) return { ...verdict, fault };
      verdict.sealed += seal.events.length;
    }
    progress?.(verdict.sealed);
    last = seals.at(-1) ?? last;
    full = seals.length === page;
  }
  const fault = (await ofBatches?.end()) ?? (await unknownEvent(connection, chain));
  return { ...verdict, ...(await counts(connection)), fault };
}

const rowsOf = async <R>(connection: Connection, text: string, values: unknown[]): Promise<R[]> =>
  (await connection.run({ text, values, shape: "object" })).rows as R[];

const sealsAfter = (
  connection: Connection,
  after: Pick<Seal, "batch" | "chain">,
  chain: string | undefined,
  n: number,
) =>
  rowsOf<Seal>(
    connection,
    `select s.batch, s.chain, s.seq, s.events, s.leaves, s.digest, p.digest as previous
    from audit_seal s left join audit_seal p on p.chain = s.chain and p.seq = s.seq - 1
    where s.batch >= $1 and (s.batch > $1 or s.chain collate "C" > $2) and ($3::text is null or s.chain = $3)
    order by s.batch, s.chain collate "C" limit $4`,
    [after.batch, after.chain, chain ?? null, n],
  );

/** The hash of each event of some seals as it is now, by its id; none where the event isn't there. */
async function leavesOf(connection: Connection, seals: readonly Seal[]): Promise<ReadonlyMap<string, Buffer>> {
  const ids = seals.flatMap(({ events }) => events);
  const rows = await rowsOf<{ id: string; leaf: Buffer }>(
    connection,
    `select e.id, ${leafOf("e")} as leaf from audit_event e where e.id = any ($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map(({ id, leaf }) => [id, leaf]));
}

function faultOf(seal: Seal, leaves: ReadonlyMap<string, Buffer>): Fault | null {
  const organizationId = seal.chain || null;
  const found = (kind: Fault["kind"], eventId: string | null, detail: string) => ({
    kind,
    organizationId,
    eventId,
    detail,
  });
  const name = `seal ${seal.seq} of the chain`;
  if (seal.seq > 1 && seal.previous === null) return found("seal", null, `the seal before ${name} was removed`);
  const digest = sha256(seal.previous ?? "", sha256(seal.chain), int8(seal.seq), seal.leaves);
  if (!digest.equals(seal.digest) || seal.leaves.length !== seal.events.length * bytes)
    return found("seal", null, `${name} was changed`);
  for (const [at, id] of seal.events.entries()) {
    const leaf = leaves.get(id);
    if (!leaf) return found("removed", id, "the event was removed");
    if (!leaf.equals(seal.leaves.subarray(at * bytes, (at + 1) * bytes)))
      return found("changed", id, "the event was changed");
  }
  return null;
}

/** Holds the seals, given in their order, to the batches that they were made in. */
function batchChain(connection: Connection) {
  let [number, previous, parts]: [number, Buffer | string, Buffer[]] = [0, "", []];
  const wrong = (detail: string): Fault => ({ kind: "seal", organizationId: null, eventId: null, detail });

  /** Closes the batch whose seals have all been given. */
  async function close(): Promise<Fault | null> {
    if (number === 0) return null;
    const [batch] = await rowsOf<Batch>(
      connection,
      "select digest, (extract(epoch from sealed_at) * 1000)::bigint as at from audit_batch where number = $1",
      [number],
    );
    if (!batch) return wrong(`batch ${number} was removed`);
    if (!sha256(previous, ...parts, int8(batch.at)).equals(batch.digest))
      return wrong(`batch ${number}, or a seal of it, was changed, removed or inserted`);
    [previous, parts] = [batch.digest, []];
    return null;
  }

  return {
    async add({ batch, chain, seq, digest }: Seal): Promise<Fault | null> {
      if (batch !== number) {
        const fault = await close();
        if (fault) return fault;
        if (batch !== number + 1) return wrong(`batch ${number + 1} was removed`);
        number = batch;
      }
      parts.push(sha256(chain), int8(seq), digest);
      return null;
    },
    async end(): Promise<Fault | null> {
      const fault = await close();
      if (fault) return fault;
      const [later] = await rowsOf<{ number: number }>(
        connection,
        "select min(number) as number from audit_batch where number > $1 having count(*) > 0",
        [number],
      );
      return later ? wrong(`the seals of batch ${later.number} were removed`) : null;
    },
  };
}

/** The earliest event that no seal has, and that doesn't wait for one. */
async function unknownEvent(connection: Connection, chain: string | undefined): Promise<Fault | null> {
  const [row] = await rowsOf<{ id: string; organizationId: string | null }>(
    connection,
    // Materialized: asked for the first of them alone, the planner would search all seals for each event in turn.
    `with unknown as materialized (
      select e.id, e.organization_id as "organizationId", e.created_at from audit_event e
      where ($1::text is null or coalesce(e.organization_id, '') = $1)
        and not exists (select from (
          select unnest(events) as id from audit_seal where $1::text is null or chain = $1) sealed where sealed.id = e.id)
        and not exists (select from audit_unsealed u where u.id = e.id)
    ) select id, "organizationId" from unknown order by created_at, id limit 1`,
    [chain ?? null],
  );
  if (!row) return null;
  return { kind: "inserted", organizationId: row.organizationId, eventId: row.id, detail: "the event was inserted" };
}

async function counts(connection: Connection): Promise<{ unsealed: number; batches: number }> {
  const [row] = await rowsOf<{ unsealed: number; batches: number }>(
    connection,
    "select (select count(*) from audit_unsealed) as unsealed, (select count(*) from audit_batch) as batches",
    [],
  );
  return row ?? { unsealed: 0, batches: 0 };
}
