DROP TRIGGER organization_role_locked ON "organization_role";--> statement-breakpoint
DROP FUNCTION gatehouse_keep_locked_entries();--> statement-breakpoint
DROP FUNCTION gatehouse_locked_entries(jsonb, text);--> statement-breakpoint
ALTER TABLE "organization_role" DROP CONSTRAINT "organization_role_permission";
