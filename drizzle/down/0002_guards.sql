DROP TRIGGER audit_event_no_truncate ON "audit_event";--> statement-breakpoint
DROP TRIGGER audit_event_append_only ON "audit_event";--> statement-breakpoint
DROP FUNCTION gatehouse_append_only();--> statement-breakpoint
DROP TRIGGER member_clear_active_organization ON "member";--> statement-breakpoint
DROP FUNCTION gatehouse_clear_active_organization();--> statement-breakpoint
DROP TRIGGER member_keep_an_owner ON "member";--> statement-breakpoint
DROP FUNCTION gatehouse_keep_an_owner();--> statement-breakpoint
ALTER TABLE "task" DROP CONSTRAINT "task_assignee_fk";--> statement-breakpoint
REVOKE SELECT ("id", "name", "email", "image") ON "user" FROM gatehouse_app;--> statement-breakpoint
REVOKE ALL ON "organization", "member", "invitation", "audit_event", "project", "task", "subscription", "organization_setting", "user_profile" FROM gatehouse_app;--> statement-breakpoint
ALTER TABLE "project" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "task" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "subscription" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "organization_setting" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "user_profile" NO FORCE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "audit_event" NO FORCE ROW LEVEL SECURITY;
