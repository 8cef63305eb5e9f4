CREATE TABLE "apikey" (
	"id" text PRIMARY KEY NOT NULL,
	"config_id" text DEFAULT 'default' NOT NULL,
	"name" text,
	"start" text,
	"reference_id" text NOT NULL,
	"prefix" text,
	"key" text NOT NULL,
	"refill_interval" bigint,
	"refill_amount" bigint,
	"last_refill_at" timestamp (3) with time zone,
	"enabled" boolean DEFAULT true,
	"rate_limit_enabled" boolean DEFAULT false,
	"rate_limit_time_window" bigint,
	"rate_limit_max" bigint,
	"request_count" bigint DEFAULT 0,
	"remaining" bigint,
	"last_request" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"permissions" text,
	"metadata" text,
	"window_start" timestamp (3) with time zone,
	"created_by" text,
	"previous_key" text,
	"previous_expires_at" timestamp (3) with time zone,
	"organization_id" text GENERATED ALWAYS AS (nullif("reference_id", 'platform')) STORED,
	CONSTRAINT "apikey_key_unique" UNIQUE("key"),
	CONSTRAINT "apikey_previous_key_unique" UNIQUE("previous_key"),
	CONSTRAINT "apikey_remaining_not_negative" CHECK ("apikey"."remaining" >= 0),
	CONSTRAINT "apikey_creator" CHECK ("apikey"."config_id" = 'service' or "apikey"."created_by" is not null)
);
--> statement-breakpoint
ALTER TABLE "apikey" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "apikey_usage" (
	"apikey_id" text NOT NULL,
	"day" date NOT NULL,
	"organization_id" text,
	"count" bigint NOT NULL,
	CONSTRAINT "apikey_usage_apikey_id_day_pk" PRIMARY KEY("apikey_id","day")
);
--> statement-breakpoint
ALTER TABLE "apikey_usage" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "apikey" ADD CONSTRAINT "apikey_created_by_user_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "apikey" ADD CONSTRAINT "apikey_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "apikey_usage" ADD CONSTRAINT "apikey_usage_apikey_id_apikey_id_fk" FOREIGN KEY ("apikey_id") REFERENCES "public"."apikey"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "apikey_usage" ADD CONSTRAINT "apikey_usage_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "apikey_organization_created_idx" ON "apikey" USING btree ("organization_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "apikey_reference_id_idx" ON "apikey" USING btree ("reference_id");--> statement-breakpoint
CREATE INDEX "apikey_config_id_idx" ON "apikey" USING btree ("config_id");--> statement-breakpoint
CREATE INDEX "apikey_created_by_idx" ON "apikey" USING btree ("created_by");--> statement-breakpoint
CREATE INDEX "apikey_expires_at_idx" ON "apikey" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "apikey_usage_organization_day_idx" ON "apikey_usage" USING btree ("organization_id","day");--> statement-breakpoint
CREATE POLICY "apikey_organization" ON "apikey" AS PERMISSIVE FOR ALL TO "gatehouse_app" USING ("apikey"."organization_id" = (select nullif(current_setting('app.organization_id', true), ''))) WITH CHECK ("apikey"."organization_id" = (select nullif(current_setting('app.organization_id', true), '')));--> statement-breakpoint
CREATE POLICY "apikey_usage_organization" ON "apikey_usage" AS PERMISSIVE FOR ALL TO "gatehouse_app" USING ("apikey_usage"."organization_id" = (select nullif(current_setting('app.organization_id', true), ''))) WITH CHECK ("apikey_usage"."organization_id" = (select nullif(current_setting('app.organization_id', true), '')));--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "apikey" TO gatehouse_app;--> statement-breakpoint
GRANT SELECT ON "apikey_usage" TO gatehouse_app;--> statement-breakpoint

-- Whatever decides whether a credential is good says so when it changes, by whatever path. What merely slides or
-- counts (a session's later expiry, a key's counters) says nothing.
CREATE FUNCTION gatehouse_announce() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_notify('gatehouse', TG_ARGV[0] || ':' || (to_jsonb(COALESCE(OLD, NEW)) ->> TG_ARGV[1]));
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER session_announce_update AFTER UPDATE ON "session" FOR EACH ROW
  WHEN (NEW.expires_at < OLD.expires_at OR (NEW.token, NEW.user_id, NEW.active_organization_id, NEW.impersonated_by)
    IS DISTINCT FROM (OLD.token, OLD.user_id, OLD.active_organization_id, OLD.impersonated_by))
  EXECUTE FUNCTION gatehouse_announce('session', 'id');--> statement-breakpoint
CREATE TRIGGER session_announce_delete AFTER DELETE ON "session" FOR EACH ROW
  EXECUTE FUNCTION gatehouse_announce('session', 'id');--> statement-breakpoint
CREATE TRIGGER user_announce_update AFTER UPDATE ON "user" FOR EACH ROW
  WHEN ((NEW.id, NEW.name, NEW.email, NEW.email_verified, NEW.image, NEW.role, NEW.banned, NEW.ban_expires)
    IS DISTINCT FROM (OLD.id, OLD.name, OLD.email, OLD.email_verified, OLD.image, OLD.role, OLD.banned, OLD.ban_expires))
  EXECUTE FUNCTION gatehouse_announce('user', 'id');--> statement-breakpoint
CREATE TRIGGER user_announce_delete AFTER DELETE ON "user" FOR EACH ROW
  EXECUTE FUNCTION gatehouse_announce('user', 'id');--> statement-breakpoint
CREATE TRIGGER member_announce AFTER INSERT OR UPDATE OR DELETE ON "member" FOR EACH ROW
  EXECUTE FUNCTION gatehouse_announce('user', 'user_id');--> statement-breakpoint
CREATE TRIGGER organization_announce_update AFTER UPDATE ON "organization" FOR EACH ROW
  WHEN ((NEW.id, NEW.slug, NEW.name) IS DISTINCT FROM (OLD.id, OLD.slug, OLD.name))
  EXECUTE FUNCTION gatehouse_announce('organization', 'id');--> statement-breakpoint
CREATE TRIGGER organization_announce_delete AFTER DELETE ON "organization" FOR EACH ROW
  EXECUTE FUNCTION gatehouse_announce('organization', 'id');--> statement-breakpoint
CREATE TRIGGER apikey_announce_update AFTER UPDATE ON "apikey" FOR EACH ROW
  WHEN ((NEW.key, NEW.previous_key, NEW.previous_expires_at, NEW.config_id, NEW.reference_id, NEW.enabled, NEW.expires_at, NEW.permissions, NEW.name, NEW.created_by,
      NEW.rate_limit_enabled, NEW.rate_limit_max, NEW.rate_limit_time_window, NEW.remaining IS NULL)
    IS DISTINCT FROM (OLD.key, OLD.previous_key, OLD.previous_expires_at, OLD.config_id, OLD.reference_id, OLD.enabled, OLD.expires_at, OLD.permissions, OLD.name, OLD.created_by,
      OLD.rate_limit_enabled, OLD.rate_limit_max, OLD.rate_limit_time_window, OLD.remaining IS NULL))
  EXECUTE FUNCTION gatehouse_announce('apikey', 'id');--> statement-breakpoint
CREATE TRIGGER apikey_announce_delete AFTER DELETE ON "apikey" FOR EACH ROW
  EXECUTE FUNCTION gatehouse_announce('apikey', 'id');--> statement-breakpoint
CREATE FUNCTION gatehouse_announce_all() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_notify('gatehouse', 'all:*');
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER session_announce_truncate AFTER TRUNCATE ON "session" FOR EACH STATEMENT EXECUTE FUNCTION gatehouse_announce_all();--> statement-breakpoint
CREATE TRIGGER user_announce_truncate AFTER TRUNCATE ON "user" FOR EACH STATEMENT EXECUTE FUNCTION gatehouse_announce_all();--> statement-breakpoint
CREATE TRIGGER member_announce_truncate AFTER TRUNCATE ON "member" FOR EACH STATEMENT EXECUTE FUNCTION gatehouse_announce_all();--> statement-breakpoint
CREATE TRIGGER organization_announce_truncate AFTER TRUNCATE ON "organization" FOR EACH STATEMENT EXECUTE FUNCTION gatehouse_announce_all();--> statement-breakpoint
CREATE TRIGGER apikey_announce_truncate AFTER TRUNCATE ON "apikey" FOR EACH STATEMENT EXECUTE FUNCTION gatehouse_announce_all();
