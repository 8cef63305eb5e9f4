-- History is appended to and never rewritten. Per statement: a row's trigger doesn't fire where row-level security
-- shows no rows, so that an owner who isn't a superuser would be answered "UPDATE 0" instead of an error.
create function guard.append_only() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'GH002', table = tg_table_name;
end $$;
create trigger audit_event_append_only before update or delete or truncate on audit_event
  for each statement execute function guard.append_only();
