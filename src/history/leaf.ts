/**
 * The hash of one event in SQL: SHA-256 over the JSON array of its columns, as PostgreSQL writes jsonb. A column that is
 * added later isn't in it, unless seals from then on say so: what is sealed must always hash to the same.
 *
 * @param e what the event's row is called in the statement.
 */
export const leafOf = (e: string): string =>
  `sha256(convert_to(jsonb_build_array(${columns.map((column) => `${e}.${column}`).join(", ")},
    (extract(epoch from ${e}.created_at) * 1000)::bigint)::text, 'UTF8'))`;

const columns = [
  "id",
  "organization_id",
  "actor_type",
  "as_administrator",
  "actor_id",
  "impersonator_id",
  "action",
  "entity_type",
  "entity_id",
  "changes",
  "ip_address",
  "user_agent",
  "request_id",
];
