import { Socket } from "node:net";
import { Client, DatabaseError, escapeIdentifier } from "pg";
import { refusePooler } from "./pooler.ts";
import { verifying } from "./tls.ts";
import type { Listener } from "../types.ts";

const connectMs = 2_000;
const queryMs = 2_000;
const closeMs = 500;

const ignore = () => {};

/**
 * Hears `channel` over a connection of its own. A statement unanswered for two seconds ends it.
 *
 * @param url where LISTEN goes; a pooler there is refused, since it would lose notifications without a sign.
 * @param lost is called once, when the connection breaks after it was opened and before it is closed.
 * @throws when it can't be opened within two seconds.
 */
export async function listen(
  url: string,
  channel: string,
  hear: (payload: string) => void,
  lost: () => void,
): Promise<Listener> {
  const socket = new Socket();
  const client = new Client({
    connectionString: verifying(url),
    connectionTimeoutMillis: connectMs,
    query_timeout: queryMs,
    keepAlive: true,
    application_name: "gatehouse-listen",
    stream: () => socket,
  });
  let state: "opening" | "open" | "over" = "opening";
  const broken = () => {
    if (state === "over") return;
    const wasOpen = state === "open";
    state = "over";
    socket.destroy();
    if (wasOpen) lost();
  };
  client.on("error", broken).on("end", broken);
  client.on("notification", ({ payload }) => state === "over" || hear(payload ?? ""));
  try {
    await client.connect();
    await refusePooler(client);
    await client.query(`listen ${escapeIdentifier(channel)}`);
    // "over" when it broke between two of these steps.
    if ((state as string) === "over") throw new Error("Connection terminated unexpectedly");
    state = "open";
  } catch (err) {
    broken();
    throw err;
  }
  return {
    async query<R>(text: string, values: readonly unknown[]) {
      try {
        return (await client.query(text, values as unknown[])).rows as R[];
      } catch (err) {
        // What the server refuses leaves the connection as it was.
        if (!(err instanceof DatabaseError)) broken();
        throw err;
      }
    },
    async close() {
      state = "over";
      if (socket.destroyed) return;
      // A server that doesn't answer isn't waited for.
      const timer = setTimeout(() => socket.destroy(), closeMs);
      await client.end().catch(ignore);
      clearTimeout(timer);
    },
  };
}
