-- expand
-- no-transaction: indexes are built while the service goes on
CREATE INDEX CONCURRENTLY "apikey_usage_day_idx" ON "apikey_usage" USING btree ("day");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "project_purge_idx" ON "project" USING btree ("deleted_at") WHERE "project"."deleted_at" is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY "task_purge_idx" ON "task" USING btree ("deleted_at") WHERE "task"."deleted_at" is not null;
