-- Requests queue work and read none of it: a payload is for who does it.
grant insert on job to gatehouse_app;

-- Workers are woken when the transaction commits. Work that nobody gets done, such as mail while its server is away, may
-- fill up to 100,000 rows of a kind and no more of the disk: the write that adds to them fails, like any on a full disk.
create function guard.queue_jobs() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
declare
  most constant int := 100000;
  queued text;
begin
  for queued in select distinct kind from added loop
    if exists (select from public.job where kind = queued offset most) then
      raise exception 'too much work of the kind % waits', queued using errcode = '53400';
    end if;
    perform pg_notify('gatehouse_job', queued);
  end loop;
  return null;
end $$;
create trigger job_queue after insert on job referencing new table as added
  for each statement execute function guard.queue_jobs();
