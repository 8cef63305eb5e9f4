-- expand
-- accept constraint-scan: before the first release
ALTER TABLE "session" ADD COLUMN "method" text;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "factors" smallint DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "authenticated_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_method_length" CHECK (length("session"."method") <= 255);--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_factors" CHECK ("session"."factors" in (1, 2));
