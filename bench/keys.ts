import { Client } from "pg";
import { generateApiKey, hashApiKey } from "../src/core/api-key.ts";
import { organization, owner } from "./seed.ts";
import type { Context, Target } from "./subject.ts";

/** A quota that no bench uses up. */
const plenty = 1_000_000_000_000;

/** Runs the service and asks `/v1/verify` with API keys that take turns. */
export async function serveWithKeys(
  context: Context,
  { count, quota }: { count: number; quota: boolean },
): Promise<Target> {
  const { serveGatehouse } = await import("./gatehouse.ts");
  const { url } = await serveGatehouse(context, "/v1/verify");
  const keys = Array.from({ length: count }, () => generateApiKey());
  const client = new Client({ connectionString: context.databaseUrl });
  await client.connect();
  await client.query(
    `insert into apikey (id, reference_id, created_by, name, start, key, permissions, remaining, created_at, updated_at)
     select gen_random_uuid(), $1, $2, 'bench', left(hash, 8), hash, '{"project":["read"]}', $3, now(), now()
     from unnest($4::text[]) as hash`,
    [organization, owner, quota ? plenty : null, keys.map(hashApiKey)],
  );
  await client.query("vacuum analyze apikey");
  await client.end();
  const [first = {}, ...others] = keys.map((key) => ({ "x-api-key": key }));
  // Turns cost the generator, which a single key needn't.
  return others.length === 0 ? { url, headers: first } : { url, turns: [first, ...others] };
}

/** Whether a body is the answer to such a key. */
export const answersKey = (quota: boolean) => (body: string) =>
  body.includes('"type":"apiKey"') && body.includes("project:read") && body.includes('"remaining":null') !== quota;
