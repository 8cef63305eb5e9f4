-- expand
CREATE TABLE "job" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"key" text,
	"payload" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"run_at" timestamp (3) with time zone NOT NULL,
	"attempts" bigint DEFAULT 0 NOT NULL,
	"failed_at" timestamp (3) with time zone,
	"last_error" text,
	CONSTRAINT "job_kind_length" CHECK (length("job"."kind") <= 255),
	CONSTRAINT "job_key_length" CHECK (length("job"."key") <= 255),
	CONSTRAINT "job_payload_length" CHECK (length("job"."payload") <= 65536),
	CONSTRAINT "job_last_error_length" CHECK (length("job"."last_error") <= 500)
);--> statement-breakpoint
CREATE INDEX "job_due_idx" ON "job" USING btree ("kind","run_at") WHERE "job"."failed_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "job_key_unique" ON "job" USING btree ("kind","key") WHERE "job"."failed_at" is null;--> statement-breakpoint
CREATE INDEX "job_run_at_idx" ON "job" USING btree ("run_at");
