DROP INDEX "task_title_trigram_idx";--> statement-breakpoint
DROP INDEX "project_name_trigram_idx";--> statement-breakpoint
DROP EXTENSION btree_gin;--> statement-breakpoint
DROP EXTENSION pg_trgm;
