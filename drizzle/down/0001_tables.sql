DROP TABLE "task", "project", "subscription", "organization_setting", "user_profile", "audit_event",
  "invitation", "member", "account", "session", "verification", "jwks", "organization", "user";--> statement-breakpoint
DROP TYPE "task_status";--> statement-breakpoint
DROP TYPE "subscription_status";--> statement-breakpoint
DROP TYPE "audit_actor_type";
