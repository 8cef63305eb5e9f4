DO $$
DECLARE announcing record;
BEGIN
  FOR announcing IN
    SELECT tgrelid::regclass AS on_table, tgname FROM pg_trigger
    WHERE tgfoid IN ('gatehouse_announce'::regproc, 'gatehouse_announce_all'::regproc)
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE TRIGGER %I', announcing.on_table, announcing.tgname);
  END LOOP;
END $$;--> statement-breakpoint
DROP TRIGGER apikey_announce_update ON "apikey";--> statement-breakpoint
CREATE TRIGGER apikey_announce_update AFTER UPDATE ON "apikey" FOR EACH ROW
  WHEN ((NEW.key, NEW.previous_key, NEW.previous_expires_at, NEW.config_id, NEW.reference_id, NEW.enabled, NEW.expires_at, NEW.permissions, NEW.name, NEW.created_by,
      NEW.rate_limit_enabled, NEW.rate_limit_max, NEW.rate_limit_time_window, NEW.remaining IS NULL)
    IS DISTINCT FROM (OLD.key, OLD.previous_key, OLD.previous_expires_at, OLD.config_id, OLD.reference_id, OLD.enabled, OLD.expires_at, OLD.permissions, OLD.name, OLD.created_by,
      OLD.rate_limit_enabled, OLD.rate_limit_max, OLD.rate_limit_time_window, OLD.remaining IS NULL))
  EXECUTE FUNCTION gatehouse_announce('apikey', 'id');--> statement-breakpoint
DROP TRIGGER user_announce_update ON "user";--> statement-breakpoint
CREATE TRIGGER user_announce_update AFTER UPDATE ON "user" FOR EACH ROW
  WHEN ((NEW.id, NEW.name, NEW.email, NEW.email_verified, NEW.image, NEW.role, NEW.banned, NEW.ban_expires)
    IS DISTINCT FROM (OLD.id, OLD.name, OLD.email, OLD.email_verified, OLD.image, OLD.role, OLD.banned, OLD.ban_expires))
  EXECUTE FUNCTION gatehouse_announce('user', 'id');--> statement-breakpoint
DROP TRIGGER session_announce_update ON "session";--> statement-breakpoint
CREATE TRIGGER session_announce_update AFTER UPDATE ON "session" FOR EACH ROW
  WHEN (NEW.expires_at < OLD.expires_at OR (NEW.token, NEW.user_id, NEW.active_organization_id, NEW.impersonated_by)
    IS DISTINCT FROM (OLD.token, OLD.user_id, OLD.active_organization_id, OLD.impersonated_by))
  EXECUTE FUNCTION gatehouse_announce('session', 'id');--> statement-breakpoint
CREATE OR REPLACE FUNCTION gatehouse_announce() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_notify('gatehouse', TG_ARGV[0] || ':' || (to_jsonb(COALESCE(OLD, NEW)) ->> TG_ARGV[1]));
  RETURN NULL;
END $$;
