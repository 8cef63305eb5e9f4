DROP INDEX "job_due_idx";--> statement-breakpoint
CREATE INDEX "job_due_idx" ON "job" USING btree ("kind","run_at") WHERE "job"."failed_at" is null;
