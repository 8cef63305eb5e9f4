-- Which rows a request can reach. Requests run as the role gatehouse_app, which owns nothing: it has the privileges and
-- the rows named here and no others, so a new table is closed until it has an organization_id or is named below.

-- Roles belong to the cluster, so another database may have made this one.
do $$ begin
  if not exists (select from pg_roles where rolname = 'gatehouse_app') then
    create role gatehouse_app nologin noinherit;
  end if;
exception
  when duplicate_object or unique_violation then null;
  when insufficient_privilege then
    raise exception 'the role gatehouse_app is missing and % may not create roles', current_user
      using hint = format('Run as a superuser: CREATE ROLE gatehouse_app NOLOGIN NOINHERIT; GRANT gatehouse_app TO %I;', current_user);
end $$;
do $$ begin
  if not pg_has_role(current_user, 'gatehouse_app', 'MEMBER') then
    execute format('grant gatehouse_app to %I', current_user);
  end if;
exception when insufficient_privilege then
  raise exception '% is not a member of the role gatehouse_app', current_user
    using hint = format('Run as a superuser: GRANT gatehouse_app TO %I;', current_user);
end $$;

-- What an earlier version of this file gave.
do $$ declare old record; begin
  for old in
    select p.polname as policy, c.oid::regclass as on_table
    from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = 'public'::regnamespace
  loop
    execute format('drop policy %I on %s', old.policy, old.on_table);
  end loop;
end $$;
revoke all on all tables in schema public from gatehouse_app;
grant usage on schema public, guard to gatehouse_app;

-- A table with an organization_id holds the rows of organizations: only those of the transaction's organization are
-- visible and writable. The tables listed here have policies of their own below.
-- A setting is read in a subquery, so that it is evaluated once per statement and not once per row.
do $$
declare
  organization constant text := $sql$(select nullif(current_setting('app.organization_id', true), ''))$sql$;
  owned record;
begin
  for owned in
    select c.oid::regclass as name, exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attname = 'deleted_at' and not a.attisdropped) as trash, c.relname || '_organization' as policy,
      case c.relname when 'organization' then 'id' else 'organization_id' end as key
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and c.relname not in ('audit_event', 'menu_item', 'saved_search', 'trail', 'view')
      and (c.relname = 'organization' or exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped))
  loop
    -- Maintenance empties the trash of all organizations as the owner.
    execute format('alter table %s enable row level security, %s row level security', owned.name,
      case when owned.trash then 'no force' else 'force' end);
    execute format('create policy %I on %s to gatehouse_app using (%I = %s) with check (%3$I = %4$s)',
      owned.policy, owned.name, owned.key, organization);
    execute format('grant select, insert, update, delete on %s to gatehouse_app', owned.name);
  end loop;
end $$;

-- better-auth and the verification read and write these as their owner, which row-level security doesn't bind.
alter table apikey no force row level security;
alter table apikey_usage no force row level security;
alter table entitlement no force row level security;
alter table invitation no force row level security;
alter table member no force row level security;
alter table organization no force row level security;
alter table organization_role no force row level security;

-- Neither are the functions below that search by an index, which row-level security keeps out of its conditions where the
-- operator isn't leakproof. They find ids in the transaction's organization; it holds for what is read by these.
alter table project no force row level security;
alter table task no force row level security;
create function guard.projects_like(wanted text, part text) returns setof uuid language sql stable security definer
  set search_path = pg_catalog, public set pg_trgm.word_similarity_threshold = 0.5 as $$
  select id from public.project
  where organization_id = nullif(current_setting('app.organization_id', true), '') and (name ilike part or wanted <% name)
$$;
create function guard.tasks_like(wanted text, part text) returns setof uuid language sql stable security definer
  set search_path = pg_catalog, public set pg_trgm.word_similarity_threshold = 0.5 as $$
  select id from public.task
  where organization_id = nullif(current_setting('app.organization_id', true), '') and (title ilike part or wanted <% title)
$$;
revoke insert, update, delete on apikey_usage from gatehouse_app;

-- Of people in general: what members see of one another.
grant select (id, name, email, image) on "user" to gatehouse_app;

-- A person's own rows: nobody else's request reaches them.
do $$
declare
  person constant text := $sql$user_id = (select nullif(current_setting('app.user_id', true), ''))$sql$;
  own text;
begin
  foreach own in array array['user_preference', 'user_profile'] loop
    execute format('alter table %I enable row level security, force row level security', own);
    execute format('create policy %I on %I to gatehouse_app using (%s) with check (%3$s)', own || '_user', own, person);
    execute format('grant select, insert, update, delete on %I to gatehouse_app', own);
  end loop;
end $$;

-- The organizations that the transaction's person is a member of now. Requests can't read others' memberships.
create function guard.own_organizations() returns text[] language sql stable security definer set search_path = pg_catalog, public as $$
  select array(select organization_id from public.member where user_id = nullif(current_setting('app.user_id', true), ''))
$$;

-- History: an organization reads its events, platform administrators read those of no organization, a person what they
-- did themselves, of these and, outside any organization, in all that they are a member of now. Each transaction adds its
-- own. The owner isn't bound: it adds what people do, in whatever organization, seals and verifies it.
-- A CASE, which the planner doesn't look into: of several policies it would enter an index each and sort, and misjudge
-- how many rows they leave.
alter table audit_event enable row level security, no force row level security;
create policy audit_event_read on audit_event for select to gatehouse_app
  using (case when organization_id is null
    then (select nullif(current_setting('app.platform_role', true), '')) = 'admin'
      or (actor_type = 'user' and actor_id = (select nullif(current_setting('app.user_id', true), '')))
    else organization_id = (select nullif(current_setting('app.organization_id', true), ''))
      or ((select nullif(current_setting('app.organization_id', true), '')) is null
        and actor_type = 'user' and actor_id = (select nullif(current_setting('app.user_id', true), ''))
        and organization_id = any ((select guard.own_organizations())::text[])) end);
create policy audit_event_append on audit_event for insert to gatehouse_app
  with check (organization_id is not distinct from (select nullif(current_setting('app.organization_id', true), '')));
grant select, insert on audit_event to gatehouse_app;
grant select on audit_unsealed to gatehouse_app;
grant select on own_activity to gatehouse_app;

-- Shared rows: one without an organization is seen by all organizations and written by platform administrators.
do $$
declare
  organization constant text := $sql$(select nullif(current_setting('app.organization_id', true), ''))$sql$;
  platform constant text := $sql$(select nullif(current_setting('app.platform_role', true), ''))$sql$;
  rows_of constant text := 'case when organization_id is null then %s else organization_id = %s end';
  readable constant text := format(rows_of, format('coalesce(%s, %s) is not null', organization, platform), organization);
  writable constant text := format(rows_of, format('%s = ''admin''', platform), organization);
  shared text;
begin
  foreach shared in array array['menu_item', 'view'] loop
    execute format('alter table %I enable row level security, force row level security', shared);
    execute format('create policy %I on %I for select to gatehouse_app using (%s)', shared || '_read', shared, readable);
    execute format('create policy %I on %I for insert to gatehouse_app with check (%s)', shared || '_insert', shared, writable);
    execute format('create policy %I on %I for update to gatehouse_app using (%s) with check (%3$s)', shared || '_update', shared, writable);
    execute format('create policy %I on %I for delete to gatehouse_app using (%s)', shared || '_delete', shared, writable);
    execute format('grant select, insert, update, delete on %I to gatehouse_app', shared);
  end loop;
end $$;

-- A saved search is the organization's, or its owner's alone. Its owner isn't bound, so that the function below finds it.
alter table saved_search enable row level security, no force row level security;
create policy saved_search_reader on saved_search to gatehouse_app
  using (organization_id = (select nullif(current_setting('app.organization_id', true), ''))
    and (visibility = 'organization' or owner_id = (select nullif(current_setting('app.user_id', true), ''))))
  with check (organization_id = (select nullif(current_setting('app.organization_id', true), ''))
    and (visibility = 'organization' or owner_id = (select nullif(current_setting('app.user_id', true), ''))));
grant select, insert, update, delete on saved_search to gatehouse_app;

-- Searches of the transaction's organization whose filters contain these. Row-level security keeps @>, which isn't
-- leakproof, out of index conditions; it holds for what is read by these ids.
create function guard.saved_searches_with(wanted jsonb) returns setof uuid language sql stable security definer set search_path = pg_catalog, public as $$
  select id from public.saved_search
  where filters @> wanted and organization_id = nullif(current_setting('app.organization_id', true), '')
$$;

-- Where a member has been: that member's alone. Maintenance, which is the owner's, removes what is old.
alter table trail enable row level security, no force row level security;
create policy trail_member on trail to gatehouse_app
  using (organization_id = (select nullif(current_setting('app.organization_id', true), ''))
    and user_id = (select nullif(current_setting('app.user_id', true), '')))
  with check (organization_id = (select nullif(current_setting('app.organization_id', true), ''))
    and user_id = (select nullif(current_setting('app.user_id', true), '')));
grant select, insert, update, delete on trail to gatehouse_app;

-- A backup reads every row, as an owner who may not be a superuser: of tables that row-level security is forced on, where
-- the session says that it is one.
do $$ declare forced record; begin
  for forced in
    select c.oid::regclass as name, c.relname || '_backup' as policy from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relforcerowsecurity
  loop
    execute format('create policy %I on %s for select to current_user using ((select current_setting(''app.backup'', true)) = ''on'')',
      forced.policy, forced.name);
  end loop;
end $$;
