-- The role stays: it belongs to the cluster, and another database may use it.
DROP SCHEMA IF EXISTS guard CASCADE;--> statement-breakpoint
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'gatehouse_app') THEN
    REVOKE USAGE ON SCHEMA public FROM gatehouse_app;
  END IF;
END $$;--> statement-breakpoint
DROP TABLE "account", "apikey", "apikey_usage", "audit_event", "entitlement", "heartbeat", "invitation", "jwks", "member",
  "menu_item", "organization", "organization_role", "organization_setting", "project", "rate_limit", "session",
  "subscription", "task", "trail", "user", "user_profile", "verification", "view";--> statement-breakpoint
DROP TYPE "audit_actor_type";--> statement-breakpoint
DROP TYPE "subscription_status";--> statement-breakpoint
DROP TYPE "task_status";
