-- What is written waits for its seal. A row that is inserted past this trigger is never sealed, which its verification finds.
create function guard.await_seal() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  insert into public.audit_unsealed select id from added;
  return null;
end $$;
create trigger audit_event_await_seal after insert on audit_event
  referencing new table as added for each statement execute function guard.await_seal();
-- What was written since the migration that brought the seals, before this trigger was there.
insert into audit_unsealed select id from audit_event
  where created_at > now() - interval '1 hour' and not exists (select from audit_batch) on conflict do nothing;

-- History is appended to and never rewritten. Per statement: a row's trigger doesn't fire where row-level security
-- shows no rows, so that an owner who isn't a superuser would be answered "UPDATE 0" instead of an error.
create function guard.append_only() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'GH002', table = tg_table_name;
end $$;
create trigger audit_event_append_only before update or delete or truncate on audit_event
  for each statement execute function guard.append_only();
create trigger audit_seal_append_only before update or delete or truncate on audit_seal
  for each statement execute function guard.append_only();
create trigger audit_batch_append_only before update or delete or truncate on audit_batch
  for each statement execute function guard.append_only();
