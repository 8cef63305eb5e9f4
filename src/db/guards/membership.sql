-- An organization keeps an owner. Owners who remove each other at once wait for one another on the organization's row.
create function guard.keep_an_owner() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  if not ('owner' = any (string_to_array(old.role, ','))) then
    return coalesce(new, old);
  end if;
  if tg_op = 'UPDATE' and new.organization_id = old.organization_id and 'owner' = any (string_to_array(new.role, ',')) then
    return new;
  end if;
  perform 1 from public.organization where id = old.organization_id for update;
  if found and not exists (
    select 1 from public.member
    where organization_id = old.organization_id and id <> old.id and 'owner' = any (string_to_array(role, ','))
  ) then
    raise exception 'an organization keeps at least one owner'
      using errcode = 'GH001', constraint = 'member_keep_an_owner', table = 'member';
  end if;
  return coalesce(new, old);
end $$;
create trigger member_keep_an_owner before delete or update of role, organization_id on member
  for each row execute function guard.keep_an_owner();

-- A session stops claiming an organization when its user leaves it.
create function guard.clear_active_organization() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  update public.session set active_organization_id = null where id in (
    select id from public.session where user_id = old.user_id and active_organization_id = old.organization_id
    order by id for update);
  return null;
end $$;
create trigger member_clear_active_organization after delete on member
  for each row execute function guard.clear_active_organization();

-- Who has no account is in no organization: nobody could reach them there, and what is theirs goes with their session.
create function guard.members_have_accounts() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  perform 1 from public."user" where id = new.user_id and is_anonymous;
  if found then
    raise exception 'who has no account is in no organization'
      using errcode = 'GH013', constraint = 'member_has_account', table = 'member';
  end if;
  return new;
end $$;
create trigger member_has_account before insert or update of user_id on member
  for each row execute function guard.members_have_accounts();

-- Whoever is given an address of their own has an account from then on.
create function guard.make_account() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  new.is_anonymous := false;
  return new;
end $$;
create trigger user_make_account before update of email on "user" for each row
  when (old.is_anonymous and new.email is distinct from old.email) execute function guard.make_account();
