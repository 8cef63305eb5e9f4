-- A row's trigger doesn't fire where row-level security shows no rows: an owner who isn't a superuser was told
-- "UPDATE 0" instead of being refused. The statement's fires whatever it would have touched.
DROP TRIGGER audit_event_append_only ON "audit_event";--> statement-breakpoint
DROP TRIGGER audit_event_no_truncate ON "audit_event";--> statement-breakpoint
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_event"
  FOR EACH STATEMENT EXECUTE FUNCTION gatehouse_append_only();
