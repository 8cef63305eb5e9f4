-- expand
-- accept index-lock: before the first release
CREATE EXTENSION IF NOT EXISTS pg_trgm;--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS btree_gin;--> statement-breakpoint
CREATE INDEX "project_name_trigram_idx" ON "project" USING gin ("organization_id","name" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "task_title_trigram_idx" ON "task" USING gin ("organization_id","title" gin_trgm_ops);
