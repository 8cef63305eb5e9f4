DROP TRIGGER organization_default_role_exists ON "organization";--> statement-breakpoint
DROP TRIGGER invitation_roles_exist ON "invitation";--> statement-breakpoint
DROP TRIGGER member_roles_exist ON "member";--> statement-breakpoint
DROP TABLE "entitlement", "organization_role";--> statement-breakpoint
DROP FUNCTION gatehouse_keep_role_in_use();--> statement-breakpoint
DROP FUNCTION gatehouse_default_role_exists();--> statement-breakpoint
DROP FUNCTION gatehouse_member_roles_exist();--> statement-breakpoint
DROP FUNCTION gatehouse_roles_exist(text, text);--> statement-breakpoint
ALTER TABLE "organization" DROP COLUMN "default_role";--> statement-breakpoint
ALTER TABLE "task" DROP COLUMN "created_by";--> statement-breakpoint
DROP INDEX "apikey_organization_created_idx";--> statement-breakpoint
CREATE INDEX "apikey_organization_created_idx" ON "apikey" USING btree ("organization_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);
