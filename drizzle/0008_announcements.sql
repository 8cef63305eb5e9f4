-- Whatever a verified principal is made of is announced when it changes: a row that changes its id under both ids, a
-- membership that changes hands to both users. Each under its own name, so that a replica finds what it keeps.
CREATE OR REPLACE FUNCTION gatehouse_announce() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  before text := to_jsonb(OLD) ->> TG_ARGV[1];
  after text := to_jsonb(NEW) ->> TG_ARGV[1];
BEGIN
  IF before IS NOT NULL THEN
    PERFORM pg_notify('gatehouse', TG_ARGV[0] || ':' || before);
  END IF;
  IF after IS NOT NULL AND after IS DISTINCT FROM before THEN
    PERFORM pg_notify('gatehouse', TG_ARGV[0] || ':' || after);
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
DROP TRIGGER session_announce_update ON "session";--> statement-breakpoint
CREATE TRIGGER session_announce_update AFTER UPDATE ON "session" FOR EACH ROW
  WHEN (NEW.expires_at < OLD.expires_at OR (NEW.id, NEW.token, NEW.user_id, NEW.active_organization_id, NEW.impersonated_by)
    IS DISTINCT FROM (OLD.id, OLD.token, OLD.user_id, OLD.active_organization_id, OLD.impersonated_by))
  EXECUTE FUNCTION gatehouse_announce('session', 'id');--> statement-breakpoint
DROP TRIGGER user_announce_update ON "user";--> statement-breakpoint
CREATE TRIGGER user_announce_update AFTER UPDATE ON "user" FOR EACH ROW
  WHEN ((NEW.id, NEW.name, NEW.email, NEW.email_verified, NEW.image, NEW.created_at, NEW.role, NEW.banned, NEW.ban_expires)
    IS DISTINCT FROM (OLD.id, OLD.name, OLD.email, OLD.email_verified, OLD.image, OLD.created_at, OLD.role, OLD.banned, OLD.ban_expires))
  EXECUTE FUNCTION gatehouse_announce('user', 'id');--> statement-breakpoint
DROP TRIGGER apikey_announce_update ON "apikey";--> statement-breakpoint
CREATE TRIGGER apikey_announce_update AFTER UPDATE ON "apikey" FOR EACH ROW
  WHEN ((NEW.id, NEW.key, NEW.previous_key, NEW.previous_expires_at, NEW.config_id, NEW.reference_id, NEW.enabled, NEW.expires_at, NEW.permissions, NEW.name, NEW.start, NEW.created_by,
      NEW.rate_limit_enabled, NEW.rate_limit_max, NEW.rate_limit_time_window, NEW.remaining IS NULL)
    IS DISTINCT FROM (OLD.id, OLD.key, OLD.previous_key, OLD.previous_expires_at, OLD.config_id, OLD.reference_id, OLD.enabled, OLD.expires_at, OLD.permissions, OLD.name, OLD.start, OLD.created_by,
      OLD.rate_limit_enabled, OLD.rate_limit_max, OLD.rate_limit_time_window, OLD.remaining IS NULL))
  EXECUTE FUNCTION gatehouse_announce('apikey', 'id');--> statement-breakpoint

-- ALWAYS: also what a logical replication or a session with session_replication_role = replica writes.
DO $$
DECLARE announcing record;
BEGIN
  FOR announcing IN
    SELECT tgrelid::regclass AS on_table, tgname FROM pg_trigger
    WHERE tgfoid IN ('gatehouse_announce'::regproc, 'gatehouse_announce_all'::regproc)
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', announcing.on_table, announcing.tgname);
  END LOOP;
END $$;
