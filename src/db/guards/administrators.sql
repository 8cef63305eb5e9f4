-- The platform keeps an administrator: of those who end each other's role at once, one stays.
create function guard.administers(role text, banned boolean) returns boolean language sql immutable set search_path = pg_catalog
  return 'admin' = any (string_to_array(role, ',')) and not coalesce(banned, false);
create function guard.keep_an_administrator() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if tg_op = 'UPDATE' and guard.administers(new.role, new.banned) then
    return new;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('gatehouse administrators', 0));
  if not exists (select 1 from public."user" u where u.id <> old.id and guard.administers(u.role, u.banned)) then
    raise exception 'the platform keeps at least one administrator'
      using errcode = 'GH006', constraint = 'user_keep_an_administrator', table = 'user';
  end if;
  -- An administrator's impersonations end with the role that allowed them.
  delete from public.session where impersonated_by = old.id;
  return coalesce(new, old);
end $$;
create trigger user_keep_an_administrator before delete or update of role, banned on "user" for each row
  when (guard.administers(old.role, old.banned)) execute function guard.keep_an_administrator();
