import { eq } from "drizzle-orm";
import { session } from "../../src/schema.ts";
import type { Service } from "./app.ts";
import type { Actor } from "./actor.ts";

/** How their person has proven themselves in a session, as if they had just done it. */
export async function proven(
  { database, clock }: Pick<Service, "database" | "clock">,
  { sessionId }: Pick<Actor, "sessionId">,
  { factors = 1, at = clock.now() }: { factors?: number; at?: Date } = {},
): Promise<void> {
  await database.db.update(session).set({ factors, authenticatedAt: at }).where(eq(session.id, sessionId));
}
