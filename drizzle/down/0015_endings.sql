DROP INDEX "task_purge_idx";--> statement-breakpoint
DROP INDEX "project_purge_idx";--> statement-breakpoint
DROP INDEX "apikey_usage_day_idx";
