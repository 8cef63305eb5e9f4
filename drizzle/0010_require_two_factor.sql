-- expand
-- accept constraint-scan: before the first release
ALTER TABLE "organization" ADD COLUMN "two_factor_required_from" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "organization" ADD COLUMN "two_factor_grace_days" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "organization" ADD CONSTRAINT "organization_two_factor_grace" CHECK ("organization"."two_factor_grace_days" between 0 and 90);
