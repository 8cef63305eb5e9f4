/** Organizations by their numbers, and the end of their year. */
export type Span = { from: number; to: number; until: Date };

/**
 * The statements that make some organizations with two people each and a year of what they leave: a part of each kind is
 * over and waits to be removed. Ids follow from the number, and times from it and the year's end.
 */
export function yearOf({ from, to, until }: Span): string[] {
  const end = `timestamptz '${until.toISOString()}'`;
  const each = `generate_series(${from}, ${to}) n`;
  /** An id of the `k`th row of a kind that organization `n` has: a uuid v7 of its time. */
  const id = (kind: string, age: string, k = "0") =>
    `(lpad(to_hex((extract(epoch from ${end} - ${age}) * 1000)::bigint), 12, '0') || '7' || substr(md5('${kind}' || n || '.' || ${k}), 1, 3)
      || '8' || substr(md5('${kind}' || n || '.' || ${k}), 4, 15))::uuid`;
  const year = "interval '365 days'";
  const [organization, owner, guest] = [id("organization", year), id("user", year), id("user", year, "1")];
  const text = (value: string) => `${value}::text`;
  const at = (days: string) => `${end} - (${days}) * interval '1 day' - n % 1440 * interval '1 minute'`;
  const many = (count: number) => `${each}, generate_series(1, ${count}) k`;
  return [
    `insert into "user" (id, name, email, email_verified, created_at, updated_at)
      select ${text(owner)}, 'Person ' || n, 'person-' || n || '@example.com', true, ${at("365")}, ${at("365")} from ${each}
      union all select ${text(guest)}, 'Guest ' || n, 'guest-' || n || '@example.com', true, ${at("300")}, ${at("300")} from ${each}`,
    `insert into organization (id, name, slug, created_at)
      select ${text(organization)}, 'Organization ' || n, 'organization-' || n, ${at("365")} from ${each}`,
    `insert into member (id, organization_id, user_id, role, created_at)
      select ${text(id("member", year))}, ${text(organization)}, ${text(owner)}, 'owner', ${at("365")} from ${each}
      union all select ${text(id("member", year, "1"))}, ${text(organization)}, ${text(guest)}, 'member', ${at("300")} from ${each}`,
    `insert into session (id, token, user_id, expires_at, created_at, updated_at)
      select ${text(id("session", at("k * 40"), "k"))}, md5('token' || n || '.' || k), ${text(owner)}, ${at("k * 40 - 50")}, ${at("k * 40")}, ${at("k * 40")}
      from ${many(4)}`,
    `insert into verification (id, identifier, value, expires_at, created_at, updated_at)
      select ${text(id("verification", at("k"), "k"))}, 'email-otp-' || n || '.' || k, 'x', ${at("k - 1")}, ${at("k")}, ${at("k")} from ${many(2)}`,
    `insert into invitation (id, organization_id, email, role, inviter_id, expires_at, created_at)
      select ${text(id("invitation", at("k * 50"), "k"))}, ${text(organization)}, 'invited-' || n || '@example.com', 'member', ${text(owner)},
        ${at("k * 50 - 27")}, ${at("k * 50")} from ${many(2)}`,
    `insert into apikey (id, reference_id, key, created_by, expires_at, created_at, updated_at)
      select ${text(id("key", year, "k"))}, ${text(organization)}, md5('key' || n || '.' || k), ${text(owner)},
        case k when 1 then ${at("120")} end, ${at("365")}, ${at("365")} from ${many(2)}`,
    `insert into apikey_usage (apikey_id, organization_id, day, count)
      select ${text(id("key", year, "2"))}, ${text(organization)}, (${end} - k * interval '30 days')::date, n % 100 + k from ${many(16)}`,
    `insert into rate_limit (key, used, ends_at) select 'seed:' || n, 1, (extract(epoch from ${at("1")}) * 1000)::bigint from ${each}`,
    `insert into trail (id, organization_id, user_id, session_id, url, at)
      select ${id("trail", at("k * 12"), "k")}, ${text(organization)}, ${text(owner)}, '-', '/' || k, ${at("k * 12")} from ${many(5)}`,
    `insert into project (id, organization_id, name, owner_id, created_at, updated_at, deleted_at)
      select ${id("work", year, "k")}, ${text(organization)}, 'Project ' || k, ${text(owner)}, ${at("365")}, ${at("40")},
        case when k = 3 then ${at("40")} end from ${many(3)}`,
    `insert into task (id, organization_id, project_id, title, created_at, updated_at, deleted_at)
      select ${id("item", at("100"), "k")}, ${text(organization)}, ${id("work", year, "1 + k % 3")}, 'Task ' || k, ${at("100")}, ${at("35")},
        case when k > 4 then ${at("35")} end from ${many(6)}`,
    `insert into audit_event (id, organization_id, actor_type, actor_id, action, entity_type, entity_id, changes, ip_address, created_at)
      select ${id("event", at("k * 28"), "k")}, ${text(organization)}, 'user', ${text(owner)}, 'organization.updated', 'organization',
        ${text(organization)}, jsonb_build_object('name', jsonb_build_object('from', 'Project', 'to', 'Project ' || k)),
        '203.0.113.' || n % 250, ${at("k * 28")} from ${many(12)}`,
  ];
}
