DROP INDEX "audit_event_organization_created_idx", "audit_event_entity_idx", "audit_event_actor_idx",
  "project_live_name_unique", "project_live_created_idx", "project_live_name_idx", "project_trash_idx",
  "task_live_created_idx", "task_trash_idx";--> statement-breakpoint
ALTER TABLE "project" DROP COLUMN "name_key";--> statement-breakpoint
CREATE INDEX "audit_event_organization_created_idx" ON "audit_event" USING btree ("organization_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_event_entity_idx" ON "audit_event" USING btree ("organization_id","entity_type","entity_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_event_actor_idx" ON "audit_event" USING btree ("organization_id","actor_id","created_at" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "project_live_name_unique" ON "project" USING btree ("organization_id",lower("name")) WHERE "project"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "project_live_created_idx" ON "project" USING btree ("organization_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE "project"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "project_live_name_idx" ON "project" USING btree ("organization_id",lower("name"),"id") WHERE "project"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "project_trash_idx" ON "project" USING btree ("organization_id","deleted_at" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE "project"."deleted_at" is not null;--> statement-breakpoint
CREATE INDEX "task_live_created_idx" ON "task" USING btree ("organization_id","project_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE "task"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "task_trash_idx" ON "task" USING btree ("organization_id","deleted_at" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE "task"."deleted_at" is not null;
