-- Who acts, as the service says it for a transaction: {actor, origin, at, kept}. Empty for whatever else writes. An actor
-- of null is the person whose session it is; `kept` is the session in which they act.
create function guard.acting() returns jsonb language sql stable set search_path = pg_catalog
  return coalesce(nullif(current_setting('app.acting', true), ''), '{}')::jsonb;

-- The end of sessions is history, whatever ended them: the service, a guard below, a cascade, raw SQL. One statement
-- writes it, however many they are. A session that had expired had ended before.
create function guard.record_ended_sessions() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  acting constant jsonb := guard.acting();
  actor constant jsonb := acting -> 'actor';
begin
  insert into public.audit_event (id, actor_type, as_administrator, actor_id, impersonator_id, action, entity_type, entity_id, changes,
    ip_address, user_agent, request_id, created_at)
  select guard.uuid_v7(),
    case when actor is null then 'system' when actor = 'null' then 'user' else (actor ->> 'type')::public.audit_actor_type end,
    coalesce((actor ->> 'administrator')::boolean, false),
    case when actor = 'null' then ended.user_id else actor ->> 'id' end,
    actor ->> 'impersonatorId', 'session.deleted', 'session', ended.id,
    jsonb_build_object('userId', jsonb_build_object('from', ended.user_id, 'to', null))
      || case when ended.impersonated_by is null then '{}'
        else jsonb_build_object('impersonatedBy', jsonb_build_object('from', ended.impersonated_by, 'to', null)) end,
    acting #>> '{origin,ipAddress}', acting #>> '{origin,userAgent}', acting #>> '{origin,requestId}',
    coalesce((acting ->> 'at')::timestamptz, clock_timestamp())
  from ended where ended.expires_at > clock_timestamp();
  return null;
end $$;
create trigger session_history after delete on session
  referencing old table as ended for each statement execute function guard.record_ended_sessions();

-- A uuid v7 of this millisecond, as the application makes them.
create function guard.uuid_v7() returns uuid language sql volatile set search_path = pg_catalog
  return encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid;

-- Whether a user is banned now. Requests can't read the columns of a ban, but an invitation ends with its sender's.
create function guard.is_banned(person text) returns boolean language sql stable security definer set search_path = pg_catalog, public as $$
  select exists (select 1 from public."user" u
    where u.id = person and coalesce(u.banned, false) and (u.ban_expires is null or u.ban_expires > clock_timestamp()))
$$;

-- A banned user opens no session. A session's insert holds the user's row against a ban under way, so that either the ban
-- sees the session or the insert sees the ban, and against other inserts, so that they count one another.
create function guard.admit_session() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  perform 1 from public."user" where id in (new.user_id, new.impersonated_by) order by id for no key update;
  if guard.is_banned(new.user_id) then
    raise exception 'a banned user opens no session' using errcode = 'GH009', constraint = 'session_admit', table = 'session';
  end if;
  return new;
end $$;
create trigger session_admit before insert or update of user_id on session
  for each row execute function guard.admit_session();

-- A session begins as the service says it for the transaction: by which way in, by how many factors, and when they were
-- proven. One that continues another has these from it.
create function guard.begin_session() returns trigger language plpgsql set search_path = pg_catalog as $$
declare began constant jsonb := guard.acting() -> 'began';
begin
  new.method := coalesce(began ->> 'method', new.method);
  new.factors := coalesce((began ->> 'factors')::smallint, new.factors);
  new.authenticated_at := coalesce((began ->> 'at')::timestamptz, new.authenticated_at);
  return new;
end $$;
create trigger session_begin before insert on session for each row execute function guard.begin_session();

-- Nobody has more than 100 live sessions: the oldest ends. An administrator's impersonations are counted apart.
create function guard.end_oldest_sessions() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if new.impersonated_by is null then
    delete from public.session where id in (
      select id from public.session
      where user_id = new.user_id and impersonated_by is null and expires_at > clock_timestamp()
      order by created_at desc, id desc offset 100);
  else
    delete from public.session where id in (
      select id from public.session where impersonated_by = new.impersonated_by and expires_at > clock_timestamp()
      order by created_at desc, id desc offset 100);
  end if;
  return null;
end $$;
create trigger session_end_oldest after insert on session for each row execute function guard.end_oldest_sessions();

-- Ends a user's sessions in the order of db/locks.ts, since a deletion of the organization locks them too.
create function guard.end_sessions(person text, kept text) returns void language sql volatile security definer set search_path = pg_catalog, public as $$
  delete from public.session where id in (
    select id from public.session where user_id = person and id is distinct from kept order by id for update)
$$;

create function guard.end_sessions_of_banned() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if guard.is_banned(new.id) then
    perform guard.end_sessions(new.id, null);
  end if;
  return null;
end $$;
create trigger user_banned_end_sessions after update of banned, ban_expires on "user" for each row
  when (new.banned) execute function guard.end_sessions_of_banned();

-- A way to sign in or a second factor that changes or goes, and an address that changes, end what they began: the
-- person's sessions but the one in which they do it, sign-ins that wait for a second factor, and the links to a new
-- password that were mailed. Where it is the second factor, devices that were trusted by it aren't any more.
create function guard.end_what_it_began() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  person constant text := case tg_table_name when 'user' then to_jsonb(old) ->> 'id' else to_jsonb(old) ->> 'user_id' end;
begin
  perform guard.end_sessions(person, guard.acting() ->> 'kept');
  delete from public.verification where value = person
    and (identifier like 'reset-password%' or identifier like '2fa-%' or (tg_table_name = 'user' and identifier like 'trust-device-%'));
  return null;
end $$;
-- Whether an account's hash is replaced by one of the same password, as auth/store/renewed-hashes.ts declares it for a
-- transaction: {account, from, to}. Any other replacement is another password.
create function guard.renews_hash(account text, was text, becomes text) returns boolean language sql stable set search_path = pg_catalog
  return coalesce(nullif(current_setting('app.renewed_hash', true), '')::jsonb
    = jsonb_build_object('account', account, 'from', was, 'to', becomes), false);
create trigger account_end_what_it_began_change after update of password, provider_id, account_id, user_id on account
  for each row when (
    (new.provider_id, new.account_id, new.user_id) is distinct from (old.provider_id, old.account_id, old.user_id)
    or (new.password is distinct from old.password and not guard.renews_hash(old.id, old.password, new.password)))
  execute function guard.end_what_it_began();
create trigger account_end_what_it_began_removal after delete on account
  for each row execute function guard.end_what_it_began();
create trigger passkey_end_what_it_began_removal after delete on passkey
  for each row execute function guard.end_what_it_began();
create trigger user_end_what_address_began after update of email, two_factor_enabled on "user"
  for each row when (lower(new.email) is distinct from lower(old.email)
    or coalesce(new.two_factor_enabled, false) is distinct from coalesce(old.two_factor_enabled, false))
  execute function guard.end_what_it_began();

-- A second factor that is gone no longer counts in the session in which its person removed it.
create function guard.forget_second_factor() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if tg_table_name = 'user' then
    update public.session set factors = 1 where user_id = new.id and factors > 1 and method is distinct from 'passkey';
    -- Nor in the one that better-auth opens in its place.
    if guard.acting() #>> '{began,method}' is distinct from 'passkey' and guard.acting() ? 'began' then
      perform set_config('app.acting', jsonb_set(guard.acting(), '{began,factors}', '1')::text, true);
    end if;
  elsif not exists (select from public.passkey where user_id = old.user_id) then
    update public.session set factors = 1 where user_id = old.user_id and factors > 1 and method = 'passkey';
  end if;
  return null;
end $$;
create trigger user_forget_second_factor after update of two_factor_enabled on "user"
  for each row when (old.two_factor_enabled and not coalesce(new.two_factor_enabled, false))
  execute function guard.forget_second_factor();
create trigger passkey_forget_second_factor after delete on passkey
  for each row execute function guard.forget_second_factor();

-- A person has at most twenty passkeys, however many are made at once: their row is held while it is counted.
create function guard.limit_passkeys() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  perform 1 from public."user" where id = new.user_id for no key update;
  if (select count(*) from public.passkey where user_id = new.user_id) >= 20 then
    raise exception 'a person has at most twenty passkeys' using errcode = 'GH012', constraint = 'passkey_at_most_twenty', table = 'passkey';
  end if;
  return new;
end $$;
create trigger passkey_at_most_twenty before insert on passkey for each row execute function guard.limit_passkeys();

-- A second factor that is asked for can be given: better-auth turns it on in two statements.
create function guard.verify_two_factor() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  update public.two_factor set verified = true where user_id = new.id;
  return null;
end $$;
create trigger user_verify_two_factor after update of two_factor_enabled on "user"
  for each row when (new.two_factor_enabled) execute function guard.verify_two_factor();

-- A session begins in the organization that its user was last active in, else in the only one. A membership that ends
-- meanwhile is passed over. Before session_claims_membership, which fires next by its name and takes note of the choice.
create function guard.choose_organization() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
declare chosen text;
begin
  loop
    select organization_id into chosen from public.member
    where user_id = new.user_id and last_active_at is not null order by last_active_at desc limit 1;
    if not found then
      select min(organization_id) into chosen
      from (select organization_id from public.member where user_id = new.user_id limit 2) few having count(*) = 1;
    end if;
    exit when chosen is null;
    perform 1 from public.organization where id = chosen for key share;
    perform 1 from public.member where organization_id = chosen and user_id = new.user_id for key share;
    exit when found;
  end loop;
  new.active_organization_id := chosen;
  return new;
end $$;
create trigger session_choose_organization before insert on session for each row
  when (new.active_organization_id is null) execute function guard.choose_organization();

-- A session claims only an organization that its user is a member of. The membership is held until the claim is
-- committed, so that either its end sees the claim and clears it, or the claim finds no membership. The organization
-- comes before the member, as db/locks.ts orders them: the foreign key would lock it after.
create function guard.claim_organization() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  perform 1 from public.organization where id = new.active_organization_id for key share;
  perform 1 from public.member
  where organization_id = new.active_organization_id and user_id = new.user_id for key share;
  if not found then
    raise exception 'a session claims an organization that its user is not a member of'
      using errcode = 'GH010', constraint = 'session_claims_membership', table = 'session';
  end if;
  -- Their next session begins here. Where an administrator goes in their name isn't their choice.
  if new.impersonated_by is null then
    update public.member as this set last_active_at = greatest(clock_timestamp(),
      (select max(last_active_at) from public.member where user_id = new.user_id) + interval '1 millisecond')
    where organization_id = new.active_organization_id and user_id = new.user_id and (last_active_at is null or exists (
      select from public.member later where later.user_id = new.user_id and later.last_active_at > this.last_active_at));
  end if;
  return new;
end $$;
create trigger session_claims_membership before insert or update of active_organization_id, user_id on session for each row
  when (new.active_organization_id is not null) execute function guard.claim_organization();

-- An administrator's impersonations end with the last of the administrator's own sessions.
create function guard.end_impersonations() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  -- The deletion fires this trigger again, for impersonations only or for no row at all.
  if exists (select from ended where impersonated_by is null) then
    delete from public.session where impersonated_by in (
      select distinct e.user_id from ended e where e.impersonated_by is null and not exists (
        select from public.session own where own.user_id = e.user_id and own.impersonated_by is null));
  end if;
  return null;
end $$;
create trigger session_end_impersonations after delete on session
  referencing old table as ended for each statement execute function guard.end_impersonations();
