import type { Database, Listener } from "../db/types.ts";

/** A beat: who sent it, and its number, which grows from beat to beat as long as its server runs. */
export type Beat = { readonly sender: string; readonly number: number };

/**
 * What the statements' server has for a beat that was heard: the `same` sender's, with its last number; a `later` one
 * of another sender, which says nothing yet; or neither, being another server than the one that is listened to.
 */
export type Reading = { kind: "same"; number: number } | { kind: "later" } | { kind: "elsewhere" };

/** Beats that one of all replicas sends for all. */
export type Beats = {
  /**
   * Sends the next beat over a listening connection, unless another sender's is younger than 300 ms.
   *
   * @param sender the name of this connection: a uuid that no other one has had.
   * @returns whether it was sent.
   */
  send(listener: Listener, sender: string): Promise<boolean>;
  /**
   * Reads the last beat over the pool.
   *
   * @param heard the beat to compare it with.
   */
  read(heard: Beat): Promise<Reading>;
};

const channel = "gatehouse";
const readMs = 1_000;

/** The beat of such a notification; null for any other one. */
export function beatOf(payload: string): Beat | null {
  const [kind, sender, number] = payload.split(":");
  return kind === "beat" && sender !== undefined && number !== undefined ? { sender, number: Number(number) } : null;
}

// One row, taken by whoever comes first once its beats are late by the server's clock. A beat need not survive a crash:
// its commit waits for no flush to disk.
const sending = `with sent as (
    insert into heartbeat as last ("only", sender, number, sent_at) values (true, $1::uuid, 1, clock_timestamp())
    on conflict ("only") do update set sender = $1::uuid, number = last.number + 1, sent_at = clock_timestamp()
      where last.sender = $1::uuid
        or last.sent_at not between clock_timestamp() - interval '300 ms' and clock_timestamp()
    returning sender, number
  )
  select set_config('synchronous_commit', 'off', true), pg_notify('${channel}', 'beat:' || sender || ':' || number) from sent`;

const reading = "select sender, number::float8 as number from heartbeat";

/** Beats over a database that several replicas share. */
export function sharedBeats(database: Database): Beats {
  return {
    async send(listener, sender) {
      return (await listener.query(sending, [sender])).length > 0;
    },
    // Over the pool, since a session may take the way past a pooler.
    async read({ sender, number }) {
      const [last] = await database.statement<Beat>("last_beat", reading, [], readMs);
      if (last?.sender === sender && last.number >= number) return { kind: "same", number: last.number };
      return last !== undefined && last.sender !== sender && last.number > number
        ? { kind: "later" }
        : { kind: "elsewhere" };
    },
  };
}
