-- A member, an invitation and the default role name at most ten roles, all of which exist: the built-in ones, or the
-- organization's own.
create function guard.roles_exist(organization text, roles text) returns void language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  name text;
begin
  if cardinality(string_to_array(roles, ',')) > 10 then
    raise exception 'a member has at most ten roles'
      using errcode = 'GH008', constraint = 'member_role_count', table = 'member';
  end if;
  foreach name in array string_to_array(roles, ',') loop
    continue when name in ('owner', 'admin', 'member', 'viewer');
    perform 1 from public.organization_role r where r.organization_id = organization and r.role = name for key share;
    if not found then
      raise exception 'the organization has no role %', name
        using errcode = 'GH003', constraint = 'member_role_exists', table = 'member';
    end if;
  end loop;
end $$;
create function guard.member_roles_exist() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
  perform guard.roles_exist(new.organization_id, new.role);
  return new;
end $$;
create trigger member_roles_exist before insert or update of role on member for each row
  execute function guard.member_roles_exist();
create trigger invitation_roles_exist before insert or update of role on invitation for each row
  when (new.role is not null) execute function guard.member_roles_exist();
create function guard.default_role_exists() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
  perform guard.roles_exist(new.id, new.default_role);
  return new;
end $$;
create trigger organization_default_role_exists before update of default_role on organization for each row
  execute function guard.default_role_exists();

-- A role stays while a member, an open invitation or the default role names it, and goes with its organization.
create function guard.keep_role_in_use() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if exists (select 1 from public.organization o where o.id = old.organization_id) and (
    exists (select 1 from public.member m
      where m.organization_id = old.organization_id and old.role = any (string_to_array(m.role, ',')))
    or exists (select 1 from public.invitation i where i.organization_id = old.organization_id and i.status = 'pending'
      and old.role = any (string_to_array(i.role, ',')))
    or exists (select 1 from public.organization o where o.id = old.organization_id and o.default_role = old.role)
  ) then
    raise exception 'the role % is in use', old.role
      using errcode = 'GH004', constraint = 'organization_role_in_use', table = 'organization_role';
  end if;
  return coalesce(new, old);
end $$;
create trigger organization_role_in_use_delete before delete on organization_role for each row
  execute function guard.keep_role_in_use();
create trigger organization_role_in_use_rename before update of role, organization_id on organization_role for each row
  when ((new.role, new.organization_id) is distinct from (old.role, old.organization_id))
  execute function guard.keep_role_in_use();

-- A role's lists of actions have at most 500 entries in all, and no action twice.
create function guard.keep_actions_few() returns trigger language plpgsql set search_path = pg_catalog as $$
declare
  listed int;
  different int;
begin
  select count(*), count(distinct (resource.key, action.value)) into listed, different
  from jsonb_each(new.permission::jsonb) as resource,
    jsonb_array_elements(case jsonb_typeof(resource.value) when 'array' then resource.value else '[]' end) as action;
  if listed > 500 or listed > different or (select count(*) from jsonb_object_keys(new.rules)) > 500 then
    raise exception 'a role lists each action once, and at most 500'
      using errcode = 'GH011', constraint = 'organization_role_actions', table = 'organization_role';
  end if;
  return new;
end $$;
create trigger organization_role_actions before insert or update of permission, rules on organization_role
  for each row execute function guard.keep_actions_few();

-- A locked entry belongs to the platform, which changes it under app.role_locks = 'open'. The entry's own state in
-- `permission` is locked with it, since better-auth's routes write that column.
create function guard.locked_entries(rules jsonb, permission text) returns jsonb language sql immutable set search_path = pg_catalog as $$
  select coalesce(jsonb_object_agg(entry.key, jsonb_build_array(entry.value,
    coalesce((permission::jsonb -> resource.name) ? split_part(entry.key, ':', 2), false))), '{}')
  from jsonb_each(rules) as entry(key, value),
    lateral (select case split_part(entry.key, ':', 1) when 'role' then 'ac' else split_part(entry.key, ':', 1) end) as resource(name)
  where entry.value -> 'locked' = 'true'
$$;
create function guard.keep_locked_entries() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  locked jsonb := guard.locked_entries(old.rules, old.permission);
begin
  if locked = '{}' or current_setting('app.role_locks', true) = 'open' then
    return coalesce(new, old);
  end if;
  if tg_op = 'UPDATE' then
    if guard.locked_entries(new.rules, new.permission) @> locked then
      return new;
    end if;
  elsif not exists (select 1 from public.organization o where o.id = old.organization_id) then
    return old;
  end if;
  raise exception 'the role % has locked entries', old.role
    using errcode = 'GH005', constraint = 'organization_role_locked', table = 'organization_role';
end $$;
create trigger organization_role_locked before delete or update of permission, rules on organization_role for each row
  execute function guard.keep_locked_entries();
