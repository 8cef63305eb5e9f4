import { Socket } from "node:net";
import { Client, escapeIdentifier } from "pg";
import type { Listener } from "./client.ts";

const connectMs = 2_000;
const queryMs = 2_000;
const farewellMs = 500;

const ignore = () => {};

/**
 * Hears `channel` over a connection of its own. What it sends takes the way of the statements (`urls.statements`), so
 * that hearing it proves that what they announce is heard here. A statement unanswered for two seconds ends it.
 *
 * @param urls.listening where LISTEN goes; a pooler there is refused, since it would lose notifications without a sign.
 * @param lost is called once, when the connection breaks after it was opened and before it is closed.
 */
export async function listen(
  urls: { readonly listening: string; readonly statements: string },
  channel: string,
  hear: (payload: string) => void,
  lost: () => void,
): Promise<Listener> {
  const lines: Line[] = [];
  let state: "opening" | "open" | "over" = "opening";
  const broken = () => {
    if (state === "over") return;
    const wasOpen = state === "open";
    state = "over";
    for (const { socket } of lines) socket.destroy();
    if (wasOpen) lost();
  };
  const open = async (url: string): Promise<Line> => {
    const line = createLine(url);
    lines.push(line);
    line.client.on("error", broken).on("end", broken);
    await line.client.connect();
    return line;
  };
  try {
    const ear = await open(urls.listening);
    ear.client.on("notification", ({ payload }) => state === "over" || hear(payload ?? ""));
    await refusePooler(ear.client);
    await ear.client.query(`listen ${escapeIdentifier(channel)}`);
    const mouth = urls.statements === urls.listening ? ear : await open(urls.statements);
    // "over" when a line broke between two of these steps.
    if ((state as string) === "over") throw new Error("Connection terminated unexpectedly");
    state = "open";
    return {
      async notify(payload) {
        try {
          // A beat need not survive a crash: no flush to disk is waited for. Unnamed, and set for this statement alone.
          await mouth.client.query("select set_config('synchronous_commit', 'off', true), pg_notify($1, $2)", [
            channel,
            payload,
          ]);
        } catch (err) {
          broken();
          throw err;
        }
      },
      async close() {
        state = "over";
        await Promise.all(lines.map(hangUp));
      },
    };
  } catch (err) {
    broken();
    throw err;
  }
}

type Line = { client: Client; socket: Socket };

function createLine(url: string): Line {
  const socket = new Socket();
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: connectMs,
    query_timeout: queryMs,
    keepAlive: true,
    application_name: "gatehouse-listen",
    stream: () => socket,
  });
  return { client, socket };
}

async function refusePooler(client: Client): Promise<void> {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  // A pooler tells its clients a number of its own, and gives them another server process for each transaction.
  if (rows[0]?.pid === (client as unknown as { processID: number }).processID) return;
  throw new Error("LISTEN can't pass a connection pooler: set DATABASE_DIRECT_URL to PostgreSQL itself");
}

/** Takes leave; of a server that doesn't answer, without waiting long. */
async function hangUp({ client, socket }: Line): Promise<void> {
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), farewellMs);
  await client.end().catch(ignore);
  clearTimeout(timer);
}
