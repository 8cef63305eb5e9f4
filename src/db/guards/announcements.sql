-- Every change to what a verified principal is made of is announced, whatever path it takes, so that each replica
-- drops what it keeps. What merely slides or counts (a session's later expiry, a key's counters) isn't.
-- A row that changes its id is announced under both, a membership that changes hands to both users.
create function guard.announce() returns trigger language plpgsql set search_path = pg_catalog as $$
declare
  before text := to_jsonb(old) ->> tg_argv[1];
  after text := to_jsonb(new) ->> tg_argv[1];
begin
  if before is not null then
    perform pg_notify('gatehouse', tg_argv[0] || ':' || before);
  end if;
  if after is not null and after is distinct from before then
    perform pg_notify('gatehouse', tg_argv[0] || ':' || after);
  end if;
  return null;
end $$;
create function guard.announce_all() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  perform pg_notify('gatehouse', 'all:*');
  return null;
end $$;

create trigger session_announce_update after update on session for each row
  when (new.expires_at < old.expires_at or (new.id, new.token, new.user_id, new.active_organization_id, new.impersonated_by, new.factors, new.authenticated_at)
    is distinct from (old.id, old.token, old.user_id, old.active_organization_id, old.impersonated_by, old.factors, old.authenticated_at))
  execute function guard.announce('session', 'id');
create trigger session_announce_delete after delete on session for each row execute function guard.announce('session', 'id');
create trigger session_announce_truncate after truncate on session for each statement execute function guard.announce_all();

create trigger user_announce_update after update on "user" for each row
  when ((new.id, new.name, new.email, new.email_verified, new.image, new.created_at, new.role, new.banned, new.ban_expires)
    is distinct from (old.id, old.name, old.email, old.email_verified, old.image, old.created_at, old.role, old.banned, old.ban_expires))
  execute function guard.announce('user', 'id');
create trigger user_announce_delete after delete on "user" for each row execute function guard.announce('user', 'id');
create trigger user_announce_truncate after truncate on "user" for each statement execute function guard.announce_all();

create trigger member_announce after insert or delete on member for each row execute function guard.announce('user', 'user_id');
create trigger member_announce_update after update on member for each row
  when ((new.id, new.organization_id, new.user_id, new.role) is distinct from (old.id, old.organization_id, old.user_id, old.role))
  execute function guard.announce('user', 'user_id');
create trigger member_announce_truncate after truncate on member for each statement execute function guard.announce_all();

create trigger organization_announce_update after update on organization for each row
  when ((new.id, new.slug, new.name, new.two_factor_required_from)
    is distinct from (old.id, old.slug, old.name, old.two_factor_required_from))
  execute function guard.announce('organization', 'id');
create trigger organization_announce_delete after delete on organization for each row execute function guard.announce('organization', 'id');
create trigger organization_announce_truncate after truncate on organization for each statement execute function guard.announce_all();

create trigger organization_role_announce after insert or update or delete on organization_role for each row
  execute function guard.announce('organization', 'organization_id');
create trigger organization_role_announce_truncate after truncate on organization_role for each statement execute function guard.announce_all();

create trigger entitlement_announce after insert or update or delete on entitlement for each row
  execute function guard.announce('organization', 'organization_id');
create trigger entitlement_announce_truncate after truncate on entitlement for each statement execute function guard.announce_all();

create trigger apikey_announce_update after update on apikey for each row
  when ((new.id, new.key, new.previous_key, new.previous_expires_at, new.config_id, new.reference_id, new.enabled, new.expires_at,
      new.permissions, new.name, new.start, new.created_by, new.previous_created_by, new.rate_limit_enabled, new.rate_limit_max, new.rate_limit_time_window,
      new.remaining is null)
    is distinct from (old.id, old.key, old.previous_key, old.previous_expires_at, old.config_id, old.reference_id, old.enabled, old.expires_at,
      old.permissions, old.name, old.start, old.created_by, old.previous_created_by, old.rate_limit_enabled, old.rate_limit_max, old.rate_limit_time_window,
      old.remaining is null))
  execute function guard.announce('apikey', 'id');
create trigger apikey_announce_delete after delete on apikey for each row execute function guard.announce('apikey', 'id');
create trigger apikey_announce_truncate after truncate on apikey for each statement execute function guard.announce_all();

-- ALWAYS: also for what logical replication, or a session with session_replication_role = replica, writes.
do $$ declare announcing record; begin
  for announcing in
    select tgrelid::regclass as on_table, tgname from pg_trigger
    where tgfoid in ('guard.announce'::regproc, 'guard.announce_all'::regproc)
  loop
    execute format('alter table %s enable always trigger %I', announcing.on_table, announcing.tgname);
  end loop;
end $$;
