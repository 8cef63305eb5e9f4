DROP INDEX "audit_event_organization_created_idx";--> statement-breakpoint
DROP INDEX "audit_event_entity_idx";--> statement-breakpoint
DROP INDEX "audit_event_actor_idx";--> statement-breakpoint
DROP INDEX "project_live_name_unique";--> statement-breakpoint
DROP INDEX "project_live_created_idx";--> statement-breakpoint
DROP INDEX "project_live_name_idx";--> statement-breakpoint
DROP INDEX "project_trash_idx";--> statement-breakpoint
DROP INDEX "task_live_created_idx";--> statement-breakpoint
DROP INDEX "task_trash_idx";--> statement-breakpoint
ALTER TABLE "project" ADD COLUMN "name_key" text GENERATED ALWAYS AS (lower("name")) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "audit_event_organization_created_idx" ON "audit_event" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE INDEX "audit_event_entity_idx" ON "audit_event" USING btree ("organization_id","entity_type","entity_id","created_at","id");--> statement-breakpoint
CREATE INDEX "audit_event_actor_idx" ON "audit_event" USING btree ("organization_id","actor_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "project_live_name_unique" ON "project" USING btree ("organization_id","name_key") WHERE "project"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "project_live_created_idx" ON "project" USING btree ("organization_id","created_at","id") WHERE "project"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "project_live_name_idx" ON "project" USING btree ("organization_id","name_key","id") WHERE "project"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "project_trash_idx" ON "project" USING btree ("organization_id","deleted_at","id") WHERE "project"."deleted_at" is not null;--> statement-breakpoint
CREATE INDEX "task_live_created_idx" ON "task" USING btree ("organization_id","project_id","created_at","id") WHERE "task"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "task_trash_idx" ON "task" USING btree ("organization_id","deleted_at","id") WHERE "task"."deleted_at" is not null;