import { hashApiKey, permissionList } from "../../core/api-key.ts";
import type { Clock } from "../../core/clock.ts";
import { type Catalogue, type Effective, heldWhole, type Permission, resolve } from "../../core/access/permission.ts";
import type { ApiKeyPrincipal, OrganizationAccess } from "../../core/principal.ts";
import type { Database } from "../../db/types.ts";
import { batched } from "../../db/batch.ts";
import { instant, listed, lookup, milliseconds, type Row } from "./sql.ts";
import { standingResolver } from "./effective.ts";
import { noStanding, standingColumn } from "./standing-text.ts";

/** Why a key that exists is no good, and whose it is. */
export type KeyRefusal = {
  code: "api_key_disabled" | "api_key_expired" | "api_key_owner_gone";
  organizationId: string | null;
};

/** A key that is good, apart from its counters. */
export type LoadedKey = {
  principal: ApiKeyPrincipal;
  organization: OrganizationAccess | null;
  /** Whether counters decide about each use: the key has a quota or a rate limit. */
  metered: boolean;
};

export type LoadKey = (key: string) => Promise<LoadedKey | KeyRefusal | null>;

type Found = {
  i: number;
  id: string;
  name: string | null;
  start: string | null;
  config_id: string;
  enabled: boolean | null;
  expires_at: number | null;
  permissions: string | null;
  remaining: number | null;
  rate_limit_enabled: boolean | null;
  rate_limit_max: number | null;
  rate_limit_time_window: number | null;
  created_by: string | null;
  organization_id: string | null;
  organization_slug: string;
  organization_name: string;
  creator_role: string | null;
  creator_banned: boolean;
  modules: string[] | null;
};

/** The modules that an organization was granted, as a JSON array; null without any. */
function modulesColumn(organization: string): string {
  return `(select json_agg(e.module order by e.module) from "entitlement" e where e.organization_id = ${organization}.id)`;
}

const text = lookup({
  columns: `q.i::int as i, k.id, k.name, k.start, k.config_id, k.enabled, ${milliseconds("least(k.expires_at, k.ends_at)")} as expires_at, k.permissions, k.remaining,
    k.rate_limit_enabled, k.rate_limit_max, k.rate_limit_time_window, k.holder as created_by,
    o.id as organization_id, o.slug as organization_slug, o.name as organization_name, m.role as creator_role,
    case when k.config_id = 'service' then ${modulesColumn("o")} end as modules,
    coalesce(u.banned, false) and (u.ban_expires is null or u.ban_expires > $2) as creator_banned`,
  standing: standingColumn("o", "m"),
  from: `unnest(string_to_array($1, ',')) with ordinality as q(hash, i)
  join lateral (
    select *, created_by as holder, null::timestamptz as ends_at from "apikey" where key = q.hash
    union all select *, previous_created_by, previous_expires_at from "apikey" where previous_key = q.hash and previous_expires_at > $2
  ) k on true
  left join "organization" o on o.id = k.organization_id
  left join "user" u on u.id = k.holder
  left join lateral (select id, role from "member" where organization_id = k.organization_id and user_id = k.holder limit 1) m on true`,
});

type Ports = { database: Database; catalogue: Catalogue; clock: Clock; timeoutMs: number };

/**
 * Key, organization, creator's membership and role in one prepared statement, which lookups that arrive together
 * share. A key never holds more than its creator does now. Rejects when it takes longer than `timeoutMs` milliseconds.
 */
export function keyLoader(ports: Ports): LoadKey {
  const bounds = boundsReader(ports.catalogue);
  const find = batched<string, Row<Found> | undefined>(
    async (keys) => {
      const answers: (Row<Found> | undefined)[] = keys.map(() => undefined);
      const rows = await ports.database.statement<Row<Found>>(
        "verify_api_key",
        text,
        [listed(keys.map(hashApiKey)), ports.clock()],
        ports.timeoutMs,
      );
      for (const row of rows) answers[row.found.i - 1] = row;
      return answers;
    },
    { inFlight: 2, size: 256, timeoutMs: ports.timeoutMs },
  );
  // Read one by one: a row that can't be read is the misfortune of its own, not of the whole batch.
  return async (key) => {
    const row = await find(key);
    return row === undefined ? null : loaded(row, ports.clock(), bounds);
  };
}

/**
 * What a key may hold at most, of what is stored: what its creator does, and where there is none, as for a service key
 * of an organization, what the organization is entitled to. A service key of the platform is in no organization.
 */
function boundsReader(catalogue: Catalogue) {
  const standingOf = standingResolver(catalogue);
  return (
    { found: row, standing }: Row<Found>,
    stored: readonly Permission[],
  ): Pick<Effective, "permissions" | "unentitled"> | null => {
    if (row.config_id !== "service") return standingOf(row.creator_role ?? "", standing ?? noStanding);
    if (row.organization_id === null) return null;
    return resolve(catalogue, [heldWhole("key", stored)], new Set(row.modules));
  };
}

function loaded(answer: Row<Found>, now: Date, boundsOf: ReturnType<typeof boundsReader>): LoadedKey | KeyRefusal {
  const { found: row } = answer;
  const service = row.config_id === "service";
  const refused = (code: KeyRefusal["code"]): KeyRefusal => ({ code, organizationId: row.organization_id });
  if (!row.enabled) return refused("api_key_disabled");
  const expiresAt = row.expires_at === null ? null : instant(row.expires_at);
  if (expiresAt !== null && expiresAt <= now) return refused("api_key_expired");
  if (!service && (row.creator_role === null || row.creator_banned)) return refused("api_key_owner_gone");
  const stored = permissionList(row.permissions);
  const bound = boundsOf(answer, stored);
  const within = (bounds: ReadonlySet<Permission>) => new Set(stored.filter((permission) => bounds.has(permission)));
  const permissions = bound ? within(bound.permissions) : new Set(stored);
  return {
    principal: {
      type: "apiKey",
      id: row.id,
      name: row.name ?? "",
      start: row.start ?? "",
      expiresAt,
      createdBy: row.created_by,
      organizationId: row.organization_id,
      permissions,
    },
    organization:
      row.organization_id === null
        ? null
        : {
            id: row.organization_id,
            slug: row.organization_slug,
            name: row.organization_name,
            role: null,
            memberId: null,
            lacksSecondFactor: false,
            graceEndsAt: null,
            permissions,
            // Nothing is a key's own: what its creator may do with theirs only, it can't.
            own: new Set(),
            unentitled: new Map([...(bound?.unentitled ?? [])].filter(([permission]) => stored.includes(permission))),
          },
    metered:
      row.remaining !== null || Boolean(row.rate_limit_enabled && row.rate_limit_max && row.rate_limit_time_window),
  };
}
