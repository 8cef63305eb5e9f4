-- Deleting an organization or a person takes the locks on all that goes with it in the order of db/locks.ts, before any
-- of it goes: cascades lock a table's rows in whatever order they find them.
create function guard.lock_organization() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  perform 1 from public.apikey where organization_id = old.id order by id for update;
  perform 1 from public.invitation where organization_id = old.id order by id for update;
  perform 1 from public.member where organization_id = old.id order by id for update;
  perform 1 from public.session where active_organization_id = old.id order by id for update;
  return old;
end $$;
create trigger organization_lock before delete on organization for each row execute function guard.lock_organization();

-- The organizations that the person owns come first: the guard of the last owner locks them.
create function guard.lock_person() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  perform 1 from public.organization where id in (
    select organization_id from public.member where user_id = old.id and 'owner' = any (string_to_array(role, ','))
  ) order by id for update;
  perform 1 from public.apikey where created_by = old.id or previous_created_by = old.id order by id for update;
  perform 1 from public.invitation where inviter_id = old.id order by id for update;
  perform 1 from public.member where user_id = old.id order by id for update;
  perform 1 from public.session where user_id = old.id or impersonated_by = old.id order by id for update;
  -- What nobody would see any more; the organization's searches stay.
  delete from public.saved_search where owner_id = old.id and visibility = 'private';
  return old;
end $$;
create trigger user_a_lock before delete on "user" for each row execute function guard.lock_person();
