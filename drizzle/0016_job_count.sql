-- expand
-- accept index-lock: it is built in milliseconds, since at most 100,000 jobs of a kind wait
DROP INDEX "job_due_idx";--> statement-breakpoint
CREATE INDEX "job_due_idx" ON "job" USING btree ("kind","run_at");
